import type { CacheStore, ListPut } from "@furze/storage";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { connectDriver, freePort, RedisProcess } from "../test/redis-process.ts";
import { openRedisCacheStore, type RedisCacheStoreOptions } from "./open-redis-cache-store.ts";

const RETRYABLE = { code: "UNAVAILABLE", retryable: true };
const FINAL = { code: "UNAVAILABLE", retryable: false };

function put(name: string, digest = ""): ListPut {
  const list = { entries: [], updatedMs: 0, digest, modelId: "" };
  return { collection: "recommend", name, list, expiresMs: Date.now() + 3_600_000 };
}

// Servers of Redis are there exactly when this is set; those that are killed here are the test's own. An unhandled rejection
// anywhere fails the run.
describe.runIf(process.env.FURZE_TEST_REDIS_URL !== undefined)("a Redis in trouble", () => {
  let server: RedisProcess;
  const stores: CacheStore[] = [];

  async function open(options: Partial<RedisCacheStoreOptions> = {}): Promise<CacheStore> {
    const store = await openRedisCacheStore({ uri: server.uri, ...options });
    stores.push(store);
    return store;
  }

  function isBack(store: CacheStore): Promise<void> {
    return vi.waitFor(() => store.ping(), { timeout: 20_000, interval: 50 });
  }

  beforeEach(async () => {
    server = new RedisProcess(await freePort());
  });

  afterEach(async () => {
    await Promise.all(stores.splice(0).map((store) => store.close()));
    await server.remove();
  });

  test("not there yet: opening succeeds, calls fail to be retried, then at once, and succeed when it comes", async () => {
    const store = await open({ timeoutMs: 30_000 });
    await expect(store.migrate()).rejects.toMatchObject({ ...RETRYABLE, message: expect.stringContaining("ECONNREFUSED") });
    const abort = new AbortController();
    const refused = expect(store.ping({ signal: abort.signal })).rejects.toMatchObject(RETRYABLE);
    // A call that waits for a connection now would end as aborted.
    abort.abort();
    await refused;
    await server.start();
    await isBack(store);
    await store.putLists([put("u")]);
    expect((await store.getLists([put("u")])).lists[0]?.digest).toBe("");
  });

  test("a host that does not resolve", async () => {
    const store = await open({ uri: "redis://host.invalid:6379" });
    await expect(store.ping()).rejects.toMatchObject(RETRYABLE);
  });

  test("killed under load: every call ends in success or an error to retry, and the restarted server serves at once", async () => {
    await server.start();
    const store = await open();
    await store.ping();
    const calls = Array.from({ length: 200 }, (_, call) =>
      store.putLists(Array.from({ length: 50 }, (_, index) => put(`u${call}-${index}`, "x".repeat(2000)))),
    );
    await calls[0];
    await server.kill();
    for (const end of await Promise.allSettled(calls)) {
      if (end.status === "rejected") expect(end.reason).toMatchObject(RETRYABLE);
    }
    await expect(store.ping()).rejects.toMatchObject(RETRYABLE);
    await server.start();
    await isBack(store);
    await store.putLists([put("u", "after")]);
    expect((await store.getLists([put("u")])).lists[0]?.digest).toBe("after");
  });

  test("a restart within the retries is not noticed", async () => {
    await server.start();
    const store = await open({ maxRetries: 50, timeoutMs: 20_000 });
    await store.ping();
    await server.kill();
    const pinging = store.ping();
    await server.start();
    await pinging;
  });

  test("a server that does not answer fails calls in time, ends aborted ones at once, and recovers", async () => {
    await server.start();
    const store = await open({ timeoutMs: 300 });
    await store.ping();
    server.freeze();
    const abort = new AbortController();
    const aborted = expect(store.ping({ signal: abort.signal })).rejects.toMatchObject({ code: "ABORTED" });
    abort.abort();
    await aborted;
    await expect(store.ping()).rejects.toMatchObject(RETRYABLE);
    server.resume();
    await isBack(store);
  });

  test("a server that is busy for a moment is waited for", async () => {
    await server.start();
    const store = await open({ timeoutMs: 5000 });
    await store.ping();
    server.freeze();
    const putting = store.putLists([put("u", "late")]);
    server.resume();
    await putting;
    expect((await store.getLists([put("u")])).lists[0]?.digest).toBe("late");
  });

  test("a wrong password is refused for good, and never told; the right one works as soon as it is set", async () => {
    server = new RedisProcess(await freePort(), ["--requirepass", "right"]);
    await server.start();
    const uri = `redis://:wrong-secret@127.0.0.1:${server.port}`;
    const store = await open({ uri, timeoutMs: 2000 });
    for (let call = 0; call < 2; call++) {
      await expect(store.ping()).rejects.toMatchObject({ ...FINAL, message: expect.not.stringContaining("secret") });
    }
    await expect((await open()).ping()).rejects.toMatchObject(FINAL);
    const admin = connectDriver(`redis://:right@127.0.0.1:${server.port}`);
    await admin.config("SET", "requirepass", "wrong-secret");
    admin.disconnect();
    await isBack(store);
  });

  test("an answer that came while the event loop was held up is taken", async () => {
    await server.start();
    const store = await open({ timeoutMs: 100 });
    await store.ping();
    const pinging = store.ping();
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 150);
    await pinging;
  });

  test("a database that does not exist is refused for good", async () => {
    await server.start();
    const store = await open({ uri: `${server.uri}/99` });
    for (let call = 0; call < 2; call++) await expect(store.putValues({ a: "1" })).rejects.toMatchObject(FINAL);
    expect(await (await open()).getValues(["a"])).toEqual([undefined]);
  });

  test("a full server refuses writes to be retried and goes on reading", async () => {
    server = new RedisProcess(await freePort(), ["--maxmemory", "2mb", "--maxmemory-policy", "noeviction"]);
    await server.start();
    const store = await open();
    const many = Array.from({ length: 4000 }, (_, index) => put(`u${index}`, "x".repeat(1000)));
    await expect(store.putLists(many)).rejects.toMatchObject({ ...RETRYABLE, message: expect.stringContaining("OOM") });
    expect((await store.getLists([put("u0")])).lists[0]).toBeDefined();
  });

  test("the overlay's version is higher than before when Redis has lost its data", async () => {
    await server.start();
    const store = await open();
    const change = { itemId: "a", isHidden: true, categories: undefined, changedMs: 1, expiresMs: Date.now() + 1000 };
    await store.putOverlay([change]);
    const version = await store.putOverlay([change]);
    await server.kill();
    await server.start();
    await isBack(store);
    expect((await store.getLists([])).overlayVersion).toBe(0);
    expect(await store.putOverlay([change])).toBeGreaterThan(version);
  });

  test("closing does not hang when the server is gone or never was", async () => {
    await (await open()).close();
    await server.start();
    const store = await open({ timeoutMs: 500 });
    await store.ping();
    server.freeze();
    const pinging = expect(store.ping()).rejects.toMatchObject(RETRYABLE);
    await store.close();
    await pinging;
    await expect(store.ping()).rejects.toMatchObject(FINAL);
  });
});
