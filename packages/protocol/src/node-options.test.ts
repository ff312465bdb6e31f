import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InvalidArgumentError } from "@furze/core";
import { afterAll, expect, it } from "vitest";
import { STATE, serve } from "../test/cluster.ts";
import { selfSigned } from "../test/self-signed.ts";
import { joinCluster } from "./join-cluster.ts";
import { type NodeOptions, readNodeOptions } from "./node-options.ts";

const folder = mkdtempSync(join(tmpdir(), "furze-node-"));
afterAll(() => rmSync(folder, { recursive: true }));

interface Own {
  readonly speed: number;
}

function read(...args: string[]): NodeOptions & Own {
  return readNodeOptions(
    args,
    { FURZE_CLUSTER_TOKEN: "hush" },
    {
      name: "tester",
      httpPort: 8087,
      cachePath: "cache",
      flags: { speed: "3" },
      read: (value) => {
        if (value("speed") === "") throw new RangeError("--speed must not be empty.");
        return { speed: Number(value("speed")) };
      },
    },
  );
}

it("reads the flags that all nodes have, and their own", () => {
  expect(read()).toEqual({
    ...{ masterHost: "127.0.0.1", masterPort: 8086, httpHost: "127.0.0.1", httpPort: 8087, cachePath: "cache" },
    ...{ token: "hush", tls: undefined, speed: 3 },
  });
  expect(read("--master-host", "m", "--http-port=0", "--speed", "5")).toMatchObject({ masterHost: "m", httpPort: 0, speed: 5 });
});

it.each([
  [["--master-port", "x"], /--master-port/],
  [["--sped", "1"], /Unknown option '--sped'/],
  [["--speed", ""], /--speed must not be empty\./],
  [["--ssl-ca", "ca.pem"], /give all three or none/],
  [["--ssl-ca", "none.pem", "--ssl-cert", "none.pem", "--ssl-key", "none.pem"], /the PEM file none\.pem cannot be read/],
])("refuses %j and lists the flags", (args, message) => {
  expect(() => read(...args)).toThrow(InvalidArgumentError);
  expect(() => read(...args)).toThrow(message);
  expect(() => read(...args)).toThrow(/Flags of the tester: --master-host, .*--ssl-key, --speed\.$/);
});

it("joins a cluster that wants mutual TLS, and leaves it", async () => {
  const tls = selfSigned(1);
  for (const part of ["ca", "cert", "key"] as const) writeFileSync(join(folder, part), tls[part]);
  const left: string[] = [];
  const server = await serve({ leave: async (nodeId) => void left.push(nodeId) }, { tls });
  const files = ["--ssl-ca", join(folder, "ca"), "--ssl-cert", join(folder, "cert"), "--ssl-key", join(folder, "key")];
  const options = read("--master-port", String(server.port), "--cache-path", folder, ...files);
  const follower = joinCluster({ kind: "worker", version: "1.2.3", options });
  expect(await follower.start()).toEqual(STATE);
  expect(follower.node).toMatchObject({ kind: "worker", version: "1.2.3", httpPort: 8087 });
  await follower.stop();
  expect(left).toEqual([follower.node.nodeId]);
});
