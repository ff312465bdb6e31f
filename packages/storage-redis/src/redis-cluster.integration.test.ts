import type { CacheStore, ListPut } from "@furze/storage";
import { describeCacheStore } from "@furze/storage/conformance";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { RedisClusterProcesses } from "../test/redis-cluster.ts";
import { connectDriver } from "../test/redis-process.ts";
import { openRedisCacheStore } from "./open-redis-cache-store.ts";

const list = { entries: [], updatedMs: 0, digest: "d", modelId: "" };

function puts(count: number): ListPut[] {
  return Array.from({ length: count }, (_, index) => {
    return { collection: "recommend", name: `u${index}`, list, expiresMs: Date.now() + 3_600_000 };
  });
}

// Servers of Redis are there exactly when this is set; the cluster is one of the test's own.
describe.runIf(process.env.FURZE_TEST_REDIS_URL !== undefined)("a cluster of three nodes", () => {
  let cluster: RedisClusterProcesses;
  const stores: CacheStore[] = [];

  async function open(prefix: string): Promise<CacheStore> {
    const store = await openRedisCacheStore({ uri: cluster.uri, prefix, timeoutMs: 10_000 });
    stores.push(store);
    return store;
  }

  async function numKeys(): Promise<number[]> {
    const counts = cluster.nodes.map(async (node) => {
      const client = connectDriver(node.uri);
      const count = await client.dbsize();
      client.disconnect();
      return count;
    });
    return Promise.all(counts);
  }

  beforeAll(async () => {
    cluster = await RedisClusterProcesses.start();
  });

  afterAll(async () => {
    await Promise.all(stores.map((store) => store.close()));
    await cluster.remove();
  });

  describeCacheStore("storage-redis", {
    open: (clock) => openRedisCacheStore({ uri: cluster.uri, prefix: "conformance", clock }),
    openTooNew: async () => {
      // Keys of one node are refused by the others, so the schema is written through a store and raised where it is.
      const store = await openRedisCacheStore({ uri: cluster.uri, prefix: "too-new" });
      await store.migrate();
      for (const node of cluster.nodes) {
        const client = connectDriver(node.uri);
        await client.set("too-newfurze:schema", "2").catch(() => undefined);
        client.disconnect();
      }
      return store;
    },
  });

  test("lists spread over all nodes, and one address is enough to find them", async () => {
    const store = await openRedisCacheStore({ uri: cluster.uri.replace(/\?.*/, ""), prefix: "spread" });
    stores.push(store);
    const before = await numKeys();
    await store.putLists(puts(600));
    const added = (await numKeys()).map((count, index) => count - (before[index] ?? 0));
    expect(Math.min(...added)).toBeGreaterThan(100);
    expect((await store.getLists(puts(600))).lists).toEqual(puts(600).map(() => list));
  });

  test("slots that move to another node take their lists along under the readers", async () => {
    const store = await open("moving");
    await store.putLists(puts(600));
    const [from, to] = await Promise.all(
      cluster.nodes.slice(0, 2).map(async (node) => {
        const client = connectDriver(node.uri);
        const id = String(await client.cluster("MYID"));
        client.disconnect();
        return id;
      }),
    );
    const address = `127.0.0.1:${cluster.nodes[0]?.port}`;
    cluster.command("reshard", address, "--cluster-from", `${from}`, "--cluster-to", `${to}`, "--cluster-slots", "2000");
    expect((await store.getLists(puts(600))).lists).toEqual(puts(600).map(() => list));
    await store.putLists(puts(600));
    expect((await store.getLists(puts(600))).lists.length).toBe(600);
  });

  test("a killed node fails calls for a while with an error to retry; when it is back, they succeed", async () => {
    const store = await openRedisCacheStore({ uri: cluster.uri, prefix: "killed", timeoutMs: 1500 });
    stores.push(store);
    await store.putLists(puts(100));
    await cluster.nodes[2]?.kill();
    await expect(store.putLists(puts(100))).rejects.toMatchObject({ code: "UNAVAILABLE", retryable: true });
    await cluster.nodes[2]?.start();
    await vi.waitFor(() => store.putLists(puts(100)), { timeout: 20_000, interval: 100 });
    expect((await store.getLists(puts(100))).lists).toEqual(puts(100).map(() => list));
  });

  test("all nodes dead: an error to retry, and a quick one from then on", async () => {
    const store = await open("dead");
    await store.putLists(puts(10));
    await Promise.all(cluster.nodes.map((node) => node.kill()));
    for (let call = 0; call < 3; call++) {
      await expect(store.getLists(puts(10))).rejects.toMatchObject({ code: "UNAVAILABLE", retryable: true });
    }
    await Promise.all(cluster.nodes.map((node) => node.start()));
    await vi.waitFor(() => store.putLists(puts(10)), { timeout: 20_000, interval: 100 });
  });
});
