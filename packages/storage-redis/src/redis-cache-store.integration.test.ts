import type { Clock } from "@furze/core";
import { describeCacheStore } from "@furze/storage/conformance";
import { test } from "vitest";
import { connectDriver } from "../test/redis-process.ts";
import { openRedisCacheStore } from "./open-redis-cache-store.ts";

/** One server serves several test files at once: the prefix keeps them apart. */
const servers = {
  redis: { url: process.env.FURZE_TEST_REDIS_URL, prefix: "conformance-redis" },
  valkey: { url: process.env.FURZE_TEST_VALKEY_URL, prefix: "conformance-valkey" },
};

async function openTooNew(uri: string, prefix: string) {
  const client = connectDriver(uri);
  await client.callBuffer("SET", `${prefix}furze:schema`, "2");
  client.disconnect();
  return openRedisCacheStore({ uri, prefix });
}

for (const [name, { url, prefix }] of Object.entries(servers)) {
  if (url === undefined) {
    test(`storage-${name}`, (context) => context.skip("its server was not started"));
    continue;
  }
  describeCacheStore(`storage-${name}`, {
    open: (clock: Clock) => openRedisCacheStore({ uri: url, prefix, clock }),
    openTooNew: () => openTooNew(url, `${prefix}-too-new`),
  });
}
