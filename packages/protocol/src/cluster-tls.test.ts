import { FurzeError, InvalidArgumentError } from "@furze/core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { selfSigned } from "../test/self-signed.ts";
import { createClusterClient } from "./cluster-client.ts";
import { type ClusterServer, createClusterServer } from "./cluster-server.ts";
import type { ClusterNode, ClusterState, MutualTls } from "./types.ts";

const NODE: ClusterNode = { nodeId: "n", kind: "server", hostname: "h", httpPort: 1, version: "0.1.0" };
const STATE: ClusterState = { configJson: "{}", configDigest: "", members: [], models: [], datasetDigest: "", listsVersion: 0 };
const handlers = {
  sync: async () => STATE,
  leave: async () => {},
  reportProgress: async () => {},
  openModel: async () => Promise.reject(new Error("unused")),
};
const ours = selfSigned(1);
const strangers = selfSigned(2);
let server: ClusterServer;

beforeAll(async () => {
  server = await createClusterServer({ host: "0.0.0.0", tls: ours, handlers });
});

afterAll(() => server.close());

async function sync(tls: MutualTls | undefined): Promise<unknown> {
  const client = createClusterClient({ address: `127.0.0.1:${server.port}`, tls });
  try {
    return await client.sync(NODE);
  } catch (error) {
    return FurzeError.is(error) ? error.code : error;
  } finally {
    client.close();
  }
}

it("lets in who shows a certificate of the cluster, without a token", async () => {
  expect(await sync(ours)).toEqual(STATE);
});

it("keeps out who shows a stranger's certificate, and who speaks plain text", async () => {
  expect(await sync({ ...strangers, ca: ours.ca })).toBe("UNAVAILABLE");
  expect(await sync(undefined)).toBe("UNAVAILABLE");
});

it("is not believed by a client that trusts another authority", async () => {
  expect(await sync({ ...ours, ca: strangers.ca })).toBe("UNAVAILABLE");
});

it("refuses certificates that cannot be read, without showing the key", async () => {
  const broken = { ...ours, cert: "not a certificate", key: "hunter2" };
  expect(() => createClusterClient({ address: "127.0.0.1:1", tls: broken })).toThrow(InvalidArgumentError);
  expect(() => createClusterClient({ address: "127.0.0.1:1", tls: broken })).not.toThrow(/hunter2/);
  await expect(createClusterServer({ tls: broken, handlers })).rejects.toThrow(InvalidArgumentError);
});
