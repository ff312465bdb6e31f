import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { inspect } from "node:util";
import type { BlobStore } from "@furze/storage";
import { describeBlobStore } from "@furze/storage/conformance";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

export interface BucketSuite {
  /** Opens the store under a prefix, at another address of the service, with a short patience, with a wrong secret or bucket. */
  readonly open: (options: {
    readonly prefix: string;
    readonly endpoint?: string;
    readonly timeoutMs?: number;
    readonly bucket?: string;
    readonly isSecretWrong?: boolean;
  }) => Promise<BlobStore>;
  /** What must not be in any error. */
  readonly secrets: readonly string[];
  /** Whether the server at hand checks credentials. */
  readonly checksCredentials: boolean;
}

const MEGABYTE = 1 << 20;

async function read(store: BlobStore, name: string): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of store.get(name)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Chunks of a megabyte, each filled with its number; breaks after the last when it is told to. */
async function* megabytes(count: number, failure?: Error): AsyncIterable<Uint8Array> {
  for (let index = 0; index < count; index++) yield new Uint8Array(MEGABYTE).fill(index);
  if (failure !== undefined) throw failure;
}

/** Registers the conformance suite and what goes beyond it for stores in buckets. */
export function describeBucket(name: string, { open, secrets, checksCredentials }: BucketSuite): void {
  describeBlobStore(name, { open: () => open({ prefix: "conformance/suite" }) });

  describe(`${name}: blobs of many parts`, () => {
    test("come back whole, and replace the old content only when the last part is in", async () => {
      const store = await open({ prefix: "parts" });
      await store.put("large", megabytes(40));
      const content = await read(store, "large");
      expect(content.length).toBe(40 * MEGABYTE);
      expect([0, 17, 39].map((index) => content[index * MEGABYTE + 5])).toEqual([0, 17, 39]);
      const failing = store.put("large", megabytes(36, new Error("the source broke")));
      await expect(failing).rejects.toThrow("the source broke");
      expect((await store.list()).map((blob) => blob.sizeBytes)).toEqual([40 * MEGABYTE]);
      await store.close();
    });

    test("stop going up when the caller gives up, and nothing is stored", async () => {
      const store = await open({ prefix: "aborted" });
      const controller = new AbortController();
      const content = async function* () {
        yield* megabytes(33);
        controller.abort();
        yield new Uint8Array(1);
      };
      await expect(store.put("large", content(), { signal: controller.signal })).rejects.toMatchObject({ code: "ABORTED" });
      expect(await store.list()).toEqual([]);
      await store.close();
    });

    test("may be left in the middle of reading", async () => {
      const store = await open({ prefix: "left" });
      await store.put("large", megabytes(20));
      for await (const chunk of store.get("large")) {
        expect(chunk.length).toBeGreaterThan(0);
        break;
      }
      const controller = new AbortController();
      const reading = async () => {
        for await (const _ of store.get("large", { signal: controller.signal })) controller.abort();
      };
      await expect(reading()).rejects.toMatchObject({ code: "ABORTED" });
      await store.close();
    });
  });

  test(`${name}: stores under different prefixes do not see each other, nor what lies deeper`, async () => {
    const [outer, inner, beside] = await Promise.all([
      open({ prefix: "one" }),
      open({ prefix: "one/two" }),
      open({ prefix: "on" }),
    ]);
    await inner.put("deep", Uint8Array.of(1));
    await outer.put("flat", Uint8Array.of(1));
    expect((await outer.list()).map((blob) => blob.name)).toEqual(["flat"]);
    expect(await beside.list()).toEqual([]);
    for (const store of [outer, inner, beside]) await store.close();
  });

  describe(`${name}: failures`, () => {
    let silent: ReturnType<typeof createServer>;
    const sockets = new Set<Socket>();

    beforeAll(async () => {
      silent = createServer((socket) => sockets.add(socket.on("error", () => {}))).listen(0, "127.0.0.1");
      await once(silent, "listening");
    });

    afterAll(() => {
      silent.close();
      for (const socket of sockets) socket.destroy();
    });

    const errorsOf = async (store: BlobStore) => {
      const calls = [store.put("a", Uint8Array.of(1)), read(store, "a"), store.list(), store.delete("a")];
      const errors = await Promise.all(calls.map((call) => call.catch((error: unknown) => error)));
      await store.close();
      for (const error of errors) {
        const text = inspect(error, { depth: 20, showHidden: true });
        for (const secret of secrets) expect(text).not.toContain(secret);
      }
      return errors;
    };

    test("nobody listens: every call may be tried again", async () => {
      const errors = await errorsOf(await open({ prefix: "a", endpoint: "http://127.0.0.1:1", timeoutMs: 3000 }));
      for (const error of errors) expect(error).toMatchObject({ code: "UNAVAILABLE", retryable: true });
    });

    test("a service that is silent: every call fails in time and may be tried again", async () => {
      const endpoint = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
      for (const error of await errorsOf(await open({ prefix: "a", endpoint, timeoutMs: 200 }))) {
        expect(error).toMatchObject({ code: "UNAVAILABLE", retryable: true });
        expect(String(error)).toMatch(/has not answered within 200 ms/);
      }
    });

    test("a bucket that is not there: trying again is of no use", async () => {
      const [put, , list] = await errorsOf(await open({ prefix: "a", bucket: "nowhere-to-be-found" }));
      for (const error of [put, list]) expect(error).toMatchObject({ code: "UNAVAILABLE", retryable: false });
      expect(String(list)).toMatch(/nowhere-to-be-found\/a does not exist: create it first/);
    });

    test.runIf(checksCredentials)("a wrong key: trying again is of no use", async () => {
      for (const error of await errorsOf(await open({ prefix: "a", isSecretWrong: true }))) {
        expect(error).toMatchObject({ code: "UNAVAILABLE", retryable: false });
        expect(String(error)).toMatch(/refuses the credentials/);
      }
    });
  });
}
