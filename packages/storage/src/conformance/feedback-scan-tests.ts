import { expect } from "vitest";
import type { FeedbackScanOptions } from "../data-store.ts";
import type { DataStoreContext } from "./describe-data-store.ts";
import { collect, feedback, keyOf, numberedIds, T0 } from "./fixtures.ts";
import type { ConformanceTest } from "./suite.ts";

const BY_USER = ["b A z", "a a a", "b a a", "a a é", "a é a", "a \uFFFD a", "a 😀 a"];
const BY_ITEM = ["a a a", "b a a", "a é a", "a \uFFFD a", "a 😀 a", "b A z", "a a é"];

export const feedbackScanTests: readonly ConformanceTest<DataStoreContext>[] = [
  {
    name: "feedback scans > by user and by item, in byte order, with batches of every size",
    run: async ({ store: { feedback: rows } }) => {
      await rows.upsert(
        BY_USER.toReversed().map((key) => feedback(key)),
        { mode: "sum" },
      );
      for (const batchSize of [1, 2, 3, 7, 100]) {
        expect((await collect(rows.scan({ order: "user", batchSize }))).map(keyOf)).toEqual(BY_USER);
        expect((await collect(rows.scan({ order: "item", batchSize }))).map(keyOf)).toEqual(BY_ITEM);
      }
      expect(await collect(rows.scan({ order: "user", expressions: [] }))).toEqual([]);
    },
  },
  {
    name: "feedback scans > filters give the same rows as filtering by hand, in batches no larger than asked for",
    run: async ({ store: { feedback: rows } }) => {
      const all = numberedIds("u", 70).flatMap((userId, u) =>
        numberedIds("i", 70).map((itemId, i) =>
          feedback(`${(u + i) % 7 === 0 ? "like" : "read"} ${userId} ${itemId}`, { value: i % 5, timestampMs: T0 + u }),
        ),
      );
      await rows.upsert(all, { mode: "sum" });
      const options: Omit<FeedbackScanOptions, "order"> = {
        expressions: [{ feedbackType: "like" }, { feedbackType: "read", operator: ">=", bound: 4 }],
        sinceMs: T0 + 10,
        untilMs: T0 + 50,
        batchSize: 64,
      };
      const expected = all.filter(
        (row) => (row.feedbackType === "like" || row.value >= 4) && row.timestampMs >= T0 + 10 && row.timestampMs <= T0 + 50,
      );
      for await (const batch of rows.scan({ order: "user", ...options })) expect(batch.length).toBeLessThanOrEqual(64);
      expect(await collect(rows.scan({ order: "user", ...options }))).toEqual(expected);
      const byItem = expected.toSorted((a, b) => (keyByItem(a) < keyByItem(b) ? -1 : 1));
      expect(await collect(rows.scan({ order: "item", ...options }))).toEqual(byItem);
    },
  },
  {
    name: "feedback scans > writes between the batches neither stop the scan nor make it repeat rows",
    run: async ({ store: { feedback: rows } }) => {
      const before = numberedIds("u", 30).map((id) => `click ${id} i`);
      await rows.upsert(
        before.map((key) => feedback(key)),
        { mode: "sum" },
      );
      const seen: string[] = [];
      for await (const batch of rows.scan({ order: "user", batchSize: 4 })) {
        seen.push(...batch.map(keyOf));
        await rows.upsert([feedback(`click a${seen.length} i`), feedback(`click u0015+${seen.length} i`)], { mode: "sum" });
      }
      expect(new Set(seen).size).toBe(seen.length);
      expect(seen.filter((key) => before.includes(key))).toEqual(before);
    },
  },
  {
    name: "feedback scans > an abort ends the scan between two batches",
    run: async ({ store: { feedback: rows } }) => {
      await rows.upsert(
        numberedIds("u", 5000).map((id) => feedback(`click ${id} i`)),
        { mode: "sum" },
      );
      const controller = new AbortController();
      const scan = async () => {
        for await (const _ of rows.scan({ order: "user", batchSize: 2500, signal: controller.signal })) controller.abort();
      };
      await expect(scan()).rejects.toMatchObject({ code: "ABORTED" });
    },
  },
];

function keyByItem(row: { itemId: string; userId: string }): string {
  return `${row.itemId} ${row.userId}`;
}
