import { expect } from "vitest";
import type { BlobStore } from "../blob-store.ts";
import { type ConformanceTest, describeSuite, type SkippedTest } from "./suite.ts";

export interface BlobStoreSuiteOptions {
  /** Opens the store, each time at the same place. The suite deletes everything in it before each case. */
  readonly open: () => Promise<BlobStore>;
  readonly skip?: readonly SkippedTest[] | undefined;
}

interface BlobStoreContext {
  /** Open and empty. */
  readonly store: BlobStore;
  readonly open: () => Promise<BlobStore>;
}

/** Registers the conformance suite of blob stores with vitest: what every adapter must do alike. */
export function describeBlobStore(name: string, options: BlobStoreSuiteOptions): void {
  describeSuite<BlobStoreContext>(name, {
    tests: blobTests,
    skip: options.skip ?? [],
    withContext: async (run) => {
      const store = await options.open();
      try {
        for (const blob of await store.list()) await store.delete(blob.name);
        await run({ store, open: options.open });
      } finally {
        await store.close();
      }
    },
  });
}

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

async function read(store: BlobStore, name: string): Promise<number[]> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of store.get(name)) chunks.push(chunk);
  return [...Buffer.concat(chunks)];
}

async function names(store: BlobStore): Promise<string[]> {
  return (await store.list()).map((blob) => blob.name).sort();
}

const blobTests: readonly ConformanceTest<BlobStoreContext>[] = [
  {
    name: "blobs > content comes back as it went in, from one piece and from many",
    run: async ({ store }) => {
      async function* chunks() {
        yield bytes(1, 2);
        yield bytes();
        yield bytes(0, 255);
      }
      await store.put("one.bin", bytes(9, 0, 8));
      await store.put("many_1-a", chunks());
      await store.put("empty", bytes());
      expect(await read(store, "one.bin")).toEqual([9, 0, 8]);
      expect(await read(store, "many_1-a")).toEqual([1, 2, 0, 255]);
      expect(await read(store, "empty")).toEqual([]);
      expect((await store.list()).find((blob) => blob.name === "many_1-a")?.sizeBytes).toBe(4);
    },
  },
  {
    name: "blobs > large content arrives whole, in chunks",
    run: async ({ store }) => {
      const large = new Uint8Array(5_000_000).map((_, index) => (index * 2654435761) >>> 24);
      await store.put("large", large);
      const chunks: Uint8Array[] = [];
      for await (const chunk of store.get("large")) chunks.push(chunk);
      expect(chunks.length).toBeGreaterThan(1);
      expect(Buffer.concat(chunks).equals(large)).toBe(true);
    },
  },
  {
    name: "blobs > a put replaces the blob, and one that fails leaves the old content and nothing else",
    run: async ({ store }) => {
      async function* failing() {
        yield bytes(7, 7, 7);
        throw new Error("the source broke");
      }
      await store.put("a", bytes(1));
      await store.put("a", bytes(2, 3));
      await expect(store.put("a", failing())).rejects.toThrow("the source broke");
      await expect(store.put("b", failing())).rejects.toThrow("the source broke");
      expect(await read(store, "a")).toEqual([2, 3]);
      expect(await names(store)).toEqual(["a"]);
    },
  },
  {
    name: "blobs > a reader during a replacement sees the old or the new content",
    run: async ({ store }) => {
      await store.put("a", new Uint8Array(300_000).fill(1));
      const reads = Array.from({ length: 5 }, () => read(store, "a"));
      await store.put("a", new Uint8Array(200_000).fill(2));
      for (const content of await Promise.all(reads)) {
        expect([300_000, 200_000]).toContain(content.length);
        expect(new Set(content).size).toBe(1);
      }
    },
  },
  {
    name: "blobs > puts of one name at the same time leave one of them, whole",
    run: async ({ store }) => {
      await Promise.all(Array.from({ length: 8 }, (_, index) => store.put("a", new Uint8Array(50_000).fill(index))));
      const content = await read(store, "a");
      expect(content.length).toBe(50_000);
      expect(new Set(content).size).toBe(1);
      expect(await names(store)).toEqual(["a"]);
    },
  },
  {
    name: "blobs > names outside the rule are refused",
    run: async ({ store }) => {
      for (const name of ["", "a/b", "..", "../a", "a b", "a\\b", "ä", "a\0", "x".repeat(500)]) {
        await expect(store.put(name, bytes(1))).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
        await expect(read(store, name)).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
        await expect(store.delete(name)).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
      }
      expect(await store.list()).toEqual([]);
    },
  },
  {
    name: "blobs > what is not there: reading fails, deleting does not",
    run: async ({ store }) => {
      await expect(read(store, "nothing")).rejects.toMatchObject({ code: "NOT_FOUND", kind: "blob", id: "nothing" });
      await store.delete("nothing");
      await store.put("a", bytes(1));
      await store.delete("a");
      expect(await store.list()).toEqual([]);
      await expect(read(store, "a")).rejects.toMatchObject({ code: "NOT_FOUND" });
    },
  },
  {
    name: "blobs > a reopening finds them; close may be repeated, and later calls fail",
    run: async ({ store, open }) => {
      await store.put("a", bytes(1));
      await store.close();
      await store.close();
      await expect(store.list()).rejects.toMatchObject({ code: "UNAVAILABLE", retryable: false });
      const again = await open();
      try {
        expect(await read(again, "a")).toEqual([1]);
      } finally {
        await again.close();
      }
    },
  },
  {
    name: "blobs > an aborted put stores nothing",
    run: async ({ store }) => {
      const controller = new AbortController();
      async function* chunks() {
        yield bytes(1);
        controller.abort();
        yield bytes(2);
      }
      const { signal } = controller;
      await expect(store.put("a", chunks(), { signal })).rejects.toMatchObject({ code: "ABORTED" });
      await expect(store.list({ signal })).rejects.toMatchObject({ code: "ABORTED" });
      expect(await store.list()).toEqual([]);
    },
  },
];
