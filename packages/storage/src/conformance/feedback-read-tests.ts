import type { Feedback, FeedbackKey } from "@furze/core";
import { parseFeedbackExpression } from "@furze/core";
import { expect } from "vitest";
import type { FeedbackColumns } from "../feedback-columns.ts";
import type { DataStoreContext } from "./describe-data-store.ts";
import { collectPages, feedback, keyOf, numberedIds, T0 } from "./fixtures.ts";
import type { ConformanceTest } from "./suite.ts";

const keys = (rows: readonly Feedback[] | undefined): string[] => (rows ?? []).map(keyOf);

/** The rows of columns as objects, without what they leave out. */
function rowsOf(columns: FeedbackColumns): Omit<Feedback, "userId" | "comment">[][] {
  const { rowOffsets, itemIds, feedbackTypes, typeIndices, values, timestampsMs, updatedMs } = columns;
  const rows = Array.from(values, (value, row) => ({
    feedbackType: feedbackTypes[typeIndices[row] ?? -1] ?? "",
    itemId: Buffer.from(itemIds.bytes.slice(itemIds.offsets[row], itemIds.offsets[row + 1])).toString(),
    value,
    timestampMs: timestampsMs[row] ?? Number.NaN,
    updatedMs: updatedMs[row] ?? Number.NaN,
  }));
  return Array.from(rowOffsets.subarray(1), (end, list) => rows.slice(rowOffsets[list], end));
}

export const feedbackReadTests: readonly ConformanceTest<DataStoreContext>[] = [
  {
    name: "feedback reads > rows of users: aligned, newest first, equal times by item, then type",
    run: async ({ store: { feedback: rows } }) => {
      const inOrder = [
        feedback("click u new", { timestampMs: T0 + 2 }),
        feedback("a u i"),
        feedback("b u i"),
        feedback("a u z"),
        feedback("a u é"),
        feedback("a u \uFFFD"),
        feedback("a u 😀"),
        feedback("click u old", { timestampMs: T0 - 2 }),
      ];
      await rows.upsert([...inOrder.toReversed(), feedback("click other i")], { mode: "overwrite" });
      expect(await rows.ofUsers(["nobody", "u", "other", "u"])).toEqual([[], inOrder, [feedback("click other i")], inOrder]);
      expect(await rows.ofUsers([])).toEqual([]);
    },
  },
  {
    name: "feedback reads > columns of users: what the rows say, in their order",
    run: async ({ store: { feedback: rows } }) => {
      const ids = ["i", "z", "é", "\uFFFD", "😀", "long-".repeat(40)];
      const stored = ids.flatMap((itemId, place) => [
        feedback(`click u ${itemId}`, { timestampMs: T0 + (place % 3), updatedMs: T0 + 10 + place, value: place - 2.5 }),
        feedback(`buy u ${itemId}`, { timestampMs: T0 + (place % 2), value: -1e300, comment: "long ".repeat(100) }),
      ]);
      await rows.upsert([...stored, feedback("click other i", { timestampMs: 0 })], { mode: "overwrite" });
      const users = ["nobody", "u", "other", "u"];
      for (const filter of [{}, { untilMs: T0 }, { sinceMs: T0 + 1, expressions: [parseFeedbackExpression("click>=0")] }]) {
        const lists = await rows.ofUsers(users, filter);
        const expected = lists.map((list) => list.map(({ userId: _, comment: __, ...row }) => row));
        expect(rowsOf(await rows.columnsOfUsers(users, filter))).toEqual(expected);
      }
      expect(rowsOf(await rows.columnsOfUsers(["u"], { expressions: [] }))).toEqual([[]]);
      expect(rowsOf(await rows.columnsOfUsers([]))).toEqual([]);
    },
  },
  {
    name: "feedback reads > rows of items: aligned, newest first, equal times by user, then type",
    run: async ({ store: { feedback: rows } }) => {
      const inOrder = [feedback("a new i", { timestampMs: T0 + 2 }), feedback("b A i"), feedback("a a i"), feedback("b a i")];
      await rows.upsert([...inOrder.toReversed(), feedback("a a j")], { mode: "overwrite" });
      expect(await rows.ofItems(["j", "nothing", "i"])).toEqual([[feedback("a a j")], [], inOrder]);
    },
  },
  {
    name: "feedback reads > thousands of users in one call",
    run: async ({ store: { feedback: rows } }) => {
      const ids = numberedIds("u", 2500);
      await rows.upsert(
        ids.map((id) => feedback(`click ${id} i`)),
        { mode: "sum" },
      );
      const lists = await rows.ofUsers(ids.toReversed());
      expect(lists.map((list) => list[0]?.userId)).toEqual(ids.toReversed());
      expect((await rows.ofItems(["i"]))[0]?.length).toBe(2500);
    },
  },
  {
    name: "feedback reads > filters by expressions and by time",
    run: async ({ store: { feedback: rows } }) => {
      await rows.upsert(
        [
          feedback("rate u a", { value: 5 }),
          feedback("rate u b", { value: 3 }),
          feedback("rate u c", { value: 1 }),
          feedback("rate u future", { value: 5, timestampMs: T0 + 1000 }),
          feedback("read u d", { value: 0, timestampMs: T0 - 1000 }),
        ],
        { mode: "sum" },
      );
      const of = async (filter: object) => (await rows.ofUsers(["u"], filter))[0]?.map((row) => row.itemId).join(" ");
      const expressions = (...texts: string[]) => ({ expressions: texts.map(parseFeedbackExpression) });
      expect(await of({})).toBe("future a b c d");
      expect(await of({ untilMs: T0 })).toBe("a b c d");
      expect(await of({ sinceMs: T0 })).toBe("future a b c");
      expect(await of({ sinceMs: T0, untilMs: T0 })).toBe("a b c");
      expect(await of({ expressions: [] })).toBe("");
      expect(await of({ ...expressions("rate>=3"), untilMs: T0 })).toBe("a b");
      expect(await of(expressions("rate>3"))).toBe("future a");
      expect(await of(expressions("rate<3", "read"))).toBe("c d");
      expect(await of(expressions("rate<=3", "other>1"))).toBe("b c");
      expect(await of(expressions("rat"))).toBe("");
      expect((await rows.ofItems(["a", "c"], expressions("rate>=3"))).map((list) => list.length)).toEqual([1, 0]);
    },
  },
  {
    name: "feedback reads > a pair: all types in order, or one; the future too",
    run: async ({ store: { feedback: rows } }) => {
      const later = feedback("b u i", { timestampMs: T0 * 2 });
      await rows.upsert([later, feedback("a u i"), feedback("B u i"), feedback("a u j")], { mode: "sum" });
      expect(keys(await rows.ofPair("u", "i"))).toEqual(["B u i", "a u i", "b u i"]);
      expect(await rows.ofPair("u", "i", { feedbackType: "b" })).toEqual([later]);
      expect(await rows.ofPair("u", "nothing")).toEqual([]);
      expect(await rows.deletePair("u", "i", { feedbackType: "a" })).toBe(1);
      expect(await rows.deletePair("u", "i", { feedbackType: "a" })).toBe(0);
      expect(await rows.deletePair("u", "i")).toBe(2);
      expect(keys((await rows.list({ limit: 10 })).rows)).toEqual(["a u j"]);
    },
  },
  {
    name: "feedback reads > lists are ordered by type, user, item and page without gaps",
    run: async ({ store: { feedback: rows } }) => {
      const inOrder = ["B u i", "a A z", "a a a", "a a é", "a b a", "b a a", "é a a"];
      await rows.upsert(
        inOrder.toReversed().map((key) => feedback(key)),
        { mode: "sum" },
      );
      expect(keys((await rows.list({ limit: 100 })).rows)).toEqual(inOrder);
      expect(await rows.list({ limit: 0 })).toEqual({ rows: [], next: { feedbackType: "B", userId: "u", itemId: "i" } });
      const next = { feedbackType: "a", userId: "a", itemId: "é" };
      expect((await rows.list({ limit: 3 })).next).toEqual(next);
      expect(keys((await rows.list({ limit: 2, from: next })).rows)).toEqual(["a a é", "a b a"]);
      const paged = await collectPages<Feedback, FeedbackKey>((from) => rows.list({ limit: 2, from }));
      expect(keys(paged)).toEqual(inOrder);
    },
  },
  {
    name: "feedback reads > lists of one type, and without rows of the future",
    run: async ({ store: { feedback: rows } }) => {
      const future = feedback("a z future", { timestampMs: T0 + 1 });
      await rows.upsert([...["a u i", "b t i", "b u i", "b v i", "c u i"].map((key) => feedback(key)), future], {
        mode: "sum",
      });
      expect(keys((await rows.list({ limit: 9, feedbackType: "b" })).rows)).toEqual(["b t i", "b u i", "b v i"]);
      expect(keys((await rows.list({ limit: 9, feedbackType: "B" })).rows)).toEqual([]);
      const from = { feedbackType: "b", userId: "u", itemId: "a" };
      expect(keys((await rows.list({ limit: 9, feedbackType: "b", from })).rows)).toEqual(["b u i", "b v i"]);
      expect(keys((await rows.list({ limit: 9, feedbackType: "c", from })).rows)).toEqual(["c u i"]);
      expect(keys((await rows.list({ limit: 9, feedbackType: "a", from })).rows)).toEqual([]);
      const paged = await collectPages<Feedback, FeedbackKey>((start) =>
        rows.list({ limit: 1, feedbackType: "b", from: start }),
      );
      expect(keys(paged)).toEqual(["b t i", "b u i", "b v i"]);
      expect(keys((await rows.list({ limit: 9, feedbackType: "a", untilMs: T0 })).rows)).toEqual(["a u i"]);
      expect((await rows.list({ limit: 9, untilMs: T0 + 1 })).rows).toContainEqual(future);
    },
  },
];
