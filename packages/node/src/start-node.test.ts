import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { configToTable, loadConfig } from "@furze/config";
import { type LogFields, type Logger, silentLogger } from "@furze/core";
import { type ClusterServer, type ClusterState, createClusterServer, readNodeOptions } from "@furze/protocol";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type RunningNode, startNode } from "./start-node.ts";

let folder: string;
let state: ClusterState;
let left: string[];
const opened: { close(): Promise<void> }[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "furze-node-"));
  left = [];
  const env = {
    FURZE_DATABASE_DATA_STORE: `sqlite://${folder}/data.sqlite`,
    FURZE_DATABASE_CACHE_STORE: `sqlite://${folder}/cache.sqlite`,
  };
  const table = { ...configToTable(loadConfig({ env }).config), novelty: { speed: 1 } };
  const digests = { configDigest: "1", datasetDigest: "d" };
  state = { configJson: JSON.stringify(table), ...digests, members: [], models: [], listsVersion: 1 };
});

afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each.close();
  rmSync(folder, { recursive: true });
});

async function master(port = 0): Promise<ClusterServer> {
  const server = await createClusterServer({
    port,
    handlers: {
      sync: async () => state,
      leave: async (nodeId) => void left.push(nodeId),
      reportProgress: async () => {},
      openModel: () => Promise.reject(new Error("no models here")),
    },
  });
  opened.push(server);
  return server;
}

async function start(port: number, logger: Logger = silentLogger): Promise<RunningNode> {
  const own = { name: "tester", httpPort: 0, cachePath: folder, flags: {}, read: () => ({}) };
  const options = readNodeOptions(["--master-port", String(port)], {}, own);
  const node = await startNode({ kind: "worker", version: "0.1.0", options, logger });
  opened.push(node);
  return node;
}

describe("startNode", () => {
  it("works under the master's configuration over its stores, and takes leave", async () => {
    const node = await start((await master()).port);
    await node.dataStore.migrate();
    expect(await node.dataStore.users.count()).toBe(0);
    expect(node.pipeline.options.cacheSize).toBe(100);
    expect(left).toEqual([]);
    await node.close();
    expect(left).toEqual([node.nodeId]);
  });

  it("tells what the master says, at once and later", async () => {
    const node = await start((await master()).port);
    const versions: number[] = [];
    const changed = Promise.withResolvers<void>();
    await node.follow(({ listsVersion }) => {
      versions.push(listsVersion);
      if (listsVersion === 2) changed.resolve();
    });
    expect(versions).toEqual([1]);
    state = { ...state, listsVersion: 2 };
    await changed.promise;
    expect(versions.at(-1)).toBe(2);
  });

  it("is outdated when the configuration changes", async () => {
    const node = await start((await master()).port);
    state = { ...state, configDigest: "2" };
    expect(await node.outdated).toBe("the configuration has changed");
  });

  it("follows a master of a newer release, and says what it does not know", async () => {
    const warnings: string[] = [];
    const warn = (message: string, _fields?: LogFields): void => void warnings.push(message);
    await start((await master()).port, { ...silentLogger, warn, child: () => silentLogger });
    expect(warnings).toEqual(["novelty has no effect: this release does not know the key"]);
  });

  it("starts from what it kept while the master is down", async () => {
    const server = await master();
    const before = await start(server.port);
    await before.close();
    await server.close();
    const node = await start(server.port);
    const seen: number[] = [];
    await node.follow(({ listsVersion }) => void seen.push(listsVersion));
    expect(seen).toEqual([1]);
  });

  it("lets go of everything when the master's configuration is not to be followed", async () => {
    state = { ...state, configJson: '{"server":{"default_n":0}}' };
    await expect(start((await master()).port)).rejects.toThrow("default_n must be greater than 0");
    expect(left).toHaveLength(1);
  });
});
