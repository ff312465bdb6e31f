import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CacheStore, ListPut } from "@furze/storage";
import type { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { connectDriver, freePort, RedisProcess } from "../test/redis-process.ts";
import { openRedisCacheStore } from "./open-redis-cache-store.ts";

const HOUR_MS = 3_600_000;

function puts(count: number): ListPut[] {
  const list = { entries: [], updatedMs: 0, digest: "d", modelId: "" };
  return Array.from({ length: count }, (_, index) => {
    return { collection: "recommend", name: `u${index}`, list, expiresMs: Date.now() + HOUR_MS };
  });
}

describe.runIf(process.env.FURZE_TEST_REDIS_URL !== undefined)("what reaches the server", () => {
  let server: RedisProcess;
  let client: Redis;
  let store: CacheStore;

  beforeAll(async () => {
    server = new RedisProcess(await freePort());
    await server.start();
    client = connectDriver(server.uri);
    store = await openRedisCacheStore({ uri: server.uri, clientName: "cache-of-test" });
    await store.migrate();
  });

  afterAll(async () => {
    await store.close();
    client.disconnect();
    await server.remove();
  });

  /** Commands that the server has run for some work, each with how often. */
  async function commandsOf(work: () => Promise<unknown>): Promise<string[]> {
    await client.config("RESETSTAT");
    await work();
    const calls = [...(await client.info("commandstats")).matchAll(/cmdstat_(\S+?):calls=(\d+)/g)].map(([, name, count]) => {
      return `${name} ${count}`;
    });
    return calls.filter((call) => !call.startsWith("config")).sort();
  }

  test("lists and the overlay's version are one command", async () => {
    await store.putLists(puts(300));
    expect(await commandsOf(() => store.getLists(puts(300)))).toEqual(["mget 1"]);
  });

  test("single reads of one turn share a command; of lists that are kept only 16 bytes are looked at", async () => {
    await store.putLists(puts(30));
    const readAll = () => Promise.all(puts(30).map((one) => store.getLists([one])));
    expect(await commandsOf(readAll)).toEqual(["mget 1"]);
    // One more of each for the version of the overlay.
    expect(await commandsOf(readAll)).toEqual(["eval 1", "get 1", "getrange 31"]);
    await client.unlink("furze:l:9:recommend:u7");
    expect(await commandsOf(readAll)).toEqual(["eval 1", "get 2", "getrange 31"]);
    expect((await readAll()).map(({ lists }) => lists[0] !== undefined)).toEqual(puts(30).map((_, index) => index !== 7));
  });

  test("a caller that gives up does not disturb those that share its read, nor does the end of the store", async () => {
    const other = await openRedisCacheStore({ uri: server.uri });
    await other.putLists(puts(1));
    const abort = new AbortController();
    const given = expect(other.getLists(puts(1), { signal: abort.signal })).rejects.toMatchObject({ code: "ABORTED" });
    const kept = other.getLists(puts(1));
    abort.abort();
    const closed = other.close();
    await given;
    expect((await kept).lists[0]?.digest).toBe("d");
    await closed;
  });

  test("a kept list goes when Redis loses it, and comes back with it", async () => {
    await store.putLists(puts(1));
    const read = async () => (await store.getLists(puts(1))).lists[0]?.digest;
    expect([await read(), await read()]).toEqual(["d", "d"]);
    await client.flushall();
    expect(await read()).toBe(undefined);
    await store.migrate();
    await store.putLists(puts(1));
    expect([await read(), await read()]).toEqual(["d", "d"]);
  });

  test("everything expires but the schema and the overlay's version", async () => {
    await store.putLists(puts(1));
    await store.putValues({ a: "1" });
    await store.addPoints([{ name: "p", timestampMs: Date.now(), value: 1 }]);
    const change = { itemId: "a", isHidden: true, categories: undefined, changedMs: 0, expiresMs: Date.now() + HOUR_MS };
    await store.putOverlay([change, { ...change, itemId: "b", expiresMs: Date.now() - HOUR_MS }]);
    await store.putOverlay([{ ...change, itemId: "c", expiresMs: Date.now() + 1 }]);
    const lasting: string[] = [];
    for (const key of await client.keys("*")) if ((await client.pttl(key)) < 0) lasting.push(key);
    expect(lasting.sort()).toEqual(["furze:schema", "{furze:overlay}:version"]);
    expect(await client.pttl("{furze:overlay}:entries")).toBeGreaterThan(HOUR_MS / 2);
    expect(await client.pttl("furze:l:9:recommend:u0")).toBeLessThan(2 * HOUR_MS);
  });

  test("points older than the retention are dropped by the next ones", async () => {
    const short = await openRedisCacheStore({ uri: server.uri, prefix: "short", retentionMs: 1000 });
    const now = Date.now();
    const all = { name: "p", beginMs: 0, endMs: now };
    await short.addPoints([now - 5000, now].map((timestampMs) => ({ name: "p", timestampMs, value: 1 })));
    expect((await short.getPoints(all)).map((point) => point.timestampMs)).toEqual([now]);
    await short.close();
  });

  test("connections carry the client's name and use the database of the address", async () => {
    const other = await openRedisCacheStore({ uri: `${server.uri}/3`, clientName: "other-name" });
    await other.putValues({ only: "here" });
    const names = String(await client.client("LIST"));
    expect(names).toMatch(/name=cache-of-test .*db=0/);
    expect(names).toMatch(/name=other-name .*db=3/);
    expect(await store.getValues(["only"])).toEqual([undefined]);
    await other.close();
  });

  test("a purge leaves what others keep in the database, even under prefixes that look alike", async () => {
    const other = await openRedisCacheStore({ uri: server.uri, prefix: "x" });
    await other.putLists(puts(3));
    await client.set("furze:of-someone-else", "1");
    await store.purge();
    expect((await other.getLists(puts(3))).lists.every((list) => list !== undefined)).toBe(true);
    expect(await client.get("furze:of-someone-else")).toBe("1");
    await other.close();
  });

  test("a damaged list counts as missing", async () => {
    await store.putLists(puts(3));
    await client.set("furze:l:9:recommend:u0", "short");
    await client.setrange("furze:l:9:recommend:u1", 14, "?");
    expect((await store.getLists(puts(3))).lists.map((list) => list?.digest)).toEqual([undefined, undefined, "d"]);
  });

  test("a key of another type is an error that no repetition ends", async () => {
    await client.lpush("furze:p:odd", "x");
    const query = { name: "odd", beginMs: 0, endMs: 1 };
    await expect(store.getPoints(query)).rejects.toMatchObject({ code: "INTERNAL", retryable: false });
  });
});

describe.runIf(process.env.FURZE_TEST_REDIS_URL !== undefined)("TLS", () => {
  test("rediss:// trusts only the authorities that it is given", async () => {
    const folder = mkdtempSync(join(tmpdir(), "furze-redis-tls-"));
    const [key, certificate] = [join(folder, "key.pem"), join(folder, "certificate.pem")];
    const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"];
    const fresh = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
    execFileSync("openssl", ["req", "-x509", ...fresh, ...subject, "-keyout", key, "-out", certificate], { stdio: "ignore" });
    const port = await freePort();
    const files = ["--tls-cert-file", certificate, "--tls-key-file", key, "--tls-ca-cert-file", certificate];
    const server = new RedisProcess(await freePort(), ["--tls-port", String(port), "--tls-auth-clients", "no", ...files]);
    await server.start();
    const uri = `rediss://localhost:${port}`;
    const [trusting, doubting] = await Promise.all([
      openRedisCacheStore({ uri, tls: { ca: readFileSync(certificate) } }),
      openRedisCacheStore({ uri }),
    ]);
    await trusting.putValues({ a: "1" });
    expect(await trusting.getValues(["a"])).toEqual(["1"]);
    await expect(doubting.ping()).rejects.toMatchObject({
      code: "UNAVAILABLE",
      message: expect.stringContaining("self-signed"),
    });
    await Promise.all([trusting.close(), doubting.close()]);
    await server.remove();
    rmSync(folder, { recursive: true });
  });
});
