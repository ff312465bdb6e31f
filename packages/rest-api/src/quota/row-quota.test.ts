import { ManualClock } from "@furze/core";
import { describe, expect, it } from "vitest";
import { RowQuota } from "./row-quota.ts";

/** Rows in memory that note how often they are asked. */
class Rows {
  readonly ids = new Set<string>();
  counts = 0;
  lookups = 0;

  async get(ids: readonly string[]): Promise<(object | undefined)[]> {
    this.lookups += 1;
    return ids.map((id) => (this.ids.has(id) ? {} : undefined));
  }

  async count(): Promise<number> {
    this.counts += 1;
    return this.ids.size;
  }

  add(ids: readonly string[]): () => Promise<void> {
    return async () => {
      for (const id of ids) this.ids.add(id);
    };
  }
}

function start(max: number) {
  const rows = new Rows();
  const clock = new ManualClock(0);
  const quota = new RowQuota({ kind: "users", max, rows, clock });
  return { rows, clock, quota, insert: (...ids: string[]) => quota.admit(ids, rows.add(ids)) };
}

describe("RowQuota", () => {
  it("counts once and looks nothing up while there is room", async () => {
    const { rows, insert } = start(1000);
    for (let place = 0; place < 500; place++) await insert(`u${place}`);
    expect([rows.counts, rows.lookups]).toEqual([1, 0]);
  });

  it("does not ask at all without a bound or without rows", async () => {
    const { rows, insert } = start(0);
    await insert("a", "b");
    expect([rows.ids.size, rows.counts]).toEqual([2, 0]);
    const bounded = start(1);
    await bounded.insert();
    expect(bounded.rows.counts).toBe(0);
  });

  it("refuses the first row too many, stores nothing of it, and always lets rows be replaced", async () => {
    const { rows, insert } = start(2);
    await insert("a");
    await insert("a");
    await insert("b");
    await expect(insert("b", "c")).rejects.toMatchObject({ status: 429, message: "users count exceeds limit (3 > 2)" });
    await insert("a", "b", "a");
    expect([...rows.ids]).toEqual(["a", "b"]);
  });

  it("has room again after a deletion here, and after one elsewhere once the count is old", async () => {
    const { rows, clock, quota, insert } = start(2);
    await insert("a", "b");
    rows.ids.delete("a");
    quota.release(1);
    await insert("c");
    await expect(insert("d")).rejects.toMatchObject({ status: 429 });
    rows.ids.delete("b");
    await expect(insert("d")).rejects.toMatchObject({ status: 429 });
    clock.advance(10_000);
    await insert("d");
    expect([...rows.ids]).toEqual(["c", "d"]);
  });

  it("counts a large table less often", async () => {
    const { rows, clock, insert } = start(1000);
    const count = rows.count.bind(rows);
    rows.count = async () => {
      clock.advance(2000);
      return count();
    };
    await insert("a");
    clock.advance(199_999);
    await insert("b");
    expect(rows.counts).toBe(1);
    clock.advance(1);
    await insert("c");
    expect(rows.counts).toBe(2);
  });

  it("gives back what could not be written", async () => {
    const { quota, insert } = start(1);
    await expect(quota.admit(["a"], () => Promise.reject(new Error("disk full")))).rejects.toThrow("disk full");
    await insert("b");
  });

  it("lets no more in than there is room when many come at once", async () => {
    const { rows, insert } = start(10);
    const outcomes = await Promise.allSettled(Array.from({ length: 40 }, (_, place) => insert(`u${place}`)));
    expect(outcomes.filter((outcome) => outcome.status === "fulfilled")).toHaveLength(10);
    expect(rows.ids.size).toBe(10);
  });

  it("passes on that rows cannot be counted, and counts anew for the next", async () => {
    const { rows, quota, insert } = start(5);
    const count = rows.count.bind(rows);
    rows.count = () => Promise.reject(new Error("store is away"));
    await expect(quota.admit(["a"], async () => undefined)).rejects.toThrow("store is away");
    rows.count = count;
    await insert("a");
  });
});
