import { expect, test } from "vitest";
import { openRedisCacheStore } from "./open-redis-cache-store.ts";

const uri = "redis://127.0.0.1:1";

test.each([
  [{ uri: "mysql://h/db" }, "uri"],
  [{ uri, prefix: "a:b" }, "prefix"],
  [{ uri, clientName: "two words" }, "clientName"],
  [{ uri, timeoutMs: 0 }, "timeoutMs"],
  [{ uri, maxRetries: -1 }, "maxRetries"],
  [{ uri, retentionMs: Number.NaN }, "retentionMs"],
])("%j is refused", async (options, path) => {
  await expect(openRedisCacheStore(options)).rejects.toMatchObject({ code: "INVALID_ARGUMENT", path });
});

test("a driver of one's own is taken, and its absence told", async () => {
  const loadDriver = () => Promise.reject(new Error("not bundled"));
  await expect(openRedisCacheStore({ uri, loadDriver })).rejects.toThrow("not bundled");
});

test("a server that refuses connections fails with an error to retry, and the calls after it at once", async () => {
  const store = await openRedisCacheStore({ uri, maxRetries: 0 });
  for (let call = 0; call < 3; call++) {
    await expect(store.ping()).rejects.toMatchObject({ code: "UNAVAILABLE", retryable: true });
  }
  await store.close();
});
