import { describe, expect, it } from "vitest";
import { overlap } from "./overlap.ts";

/** Lets everything that can go on without waiting for the outside go on. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

async function* numbers(count: number): AsyncGenerator<number> {
  for (let batch = 0; batch < count; batch++) yield batch;
}

/** Work that ends when it is told to. */
function controlled() {
  const open = new Map<number, { resolve: () => void; reject: (error: Error) => void }>();
  const begun: number[] = [];
  const work = (batch: number) => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    begun.push(batch);
    open.set(batch, { resolve, reject });
    return promise;
  };
  return {
    begun,
    work,
    end: (batch: number) => open.get(batch)?.resolve(),
    fail: (batch: number) => open.get(batch)?.reject(new Error(`${batch}`)),
  };
}

describe("overlap", () => {
  it("does the first batch alone, then two at a time", async () => {
    const { begun, work, end } = controlled();
    const all = overlap(numbers(4), work);
    await settle();
    expect(begun).toEqual([0]);
    end(0);
    await settle();
    expect(begun).toEqual([0, 1, 2]);
    end(2);
    await settle();
    expect(begun).toEqual([0, 1, 2]);
    end(1);
    await settle();
    expect(begun).toEqual([0, 1, 2, 3]);
    end(3);
    await all;
  });

  it("begins nothing after a failure, and waits for what is under way", async () => {
    const { begun, work, end, fail } = controlled();
    let isOver = false;
    const all = overlap(numbers(9), work).finally(() => {
      isOver = true;
    });
    all.catch(() => {});
    await settle();
    end(0);
    await settle();
    fail(1);
    await settle();
    expect([begun, isOver]).toEqual([[0, 1, 2], false]);
    end(2);
    await expect(all).rejects.toThrow("1");
    expect(begun).toEqual([0, 1, 2]);
  });

  it("has nothing to do without batches", async () => {
    const { begun, work } = controlled();
    await overlap(numbers(0), work);
    expect(begun).toEqual([]);
  });
});
