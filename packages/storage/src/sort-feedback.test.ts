import type { Feedback } from "@furze/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { FeedbackWriteMode } from "./data-store.ts";
import { foldFeedback } from "./fold-feedback.ts";
import { sortFeedback } from "./sort-feedback.ts";

const id = fc.constantFrom("a", "b", "B", "ab", "a b", "é");

const feedback: fc.Arbitrary<Feedback> = fc.record({
  feedbackType: id,
  userId: id,
  itemId: id,
  value: fc.integer({ min: -9, max: 9 }),
  timestampMs: fc.nat(100),
  updatedMs: fc.nat(100),
  comment: fc.string({ maxLength: 2 }),
});

test.each<FeedbackWriteMode>(["sum", "overwrite"])(
  "rows are those that folding gives, in the order of their keys: %s",
  (mode) => {
    fc.assert(
      fc.property(fc.array(feedback, { maxLength: 200 }), (rows) => {
        const folded = foldFeedback(rows, mode);
        const sorted = sortFeedback(rows, mode);
        expect(sorted.rows).toEqual([...folded.keys()].sort().map((key) => folded.get(key)));
        expect(sorted.userIds).toEqual([...new Set(rows.map((row) => row.userId))].sort());
        expect(sorted.itemIds).toEqual([...new Set(rows.map((row) => row.itemId))].sort());
      }),
      { seed: 1, numRuns: 200 },
    );
  },
);

test("nothing is nothing, and the rows that were given stay as they are", () => {
  expect(sortFeedback([], "sum")).toEqual({ rows: [], userIds: [], itemIds: [] });
  const row = { feedbackType: "t", userId: "u", itemId: "i", value: 1, timestampMs: 5, updatedMs: 5, comment: "" };
  const rows = [row, { ...row, itemId: "h" }, { ...row, timestampMs: 3 }];
  const copy = structuredClone(rows);
  expect(sortFeedback(rows, "sum").rows).toEqual([rows[1], { ...row, value: 2, timestampMs: 3 }]);
  expect(rows).toEqual(copy);
});
