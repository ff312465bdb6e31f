import { AbortError, type Feedback, type FeedbackRole, feedbackRole, type Item, type User, ZERO_TIME_MS } from "@furze/core";
import { describe, expect, it } from "vitest";
import type { Dataset } from "./dataset.ts";
import { loadDataset } from "./load-dataset.ts";
import { SeededRandom } from "./seeded-random.ts";
import type { UserItemMatrix } from "./user-item-matrix.ts";

const roles = {
  negative: [{ feedbackType: "skip" }],
  positive: [{ feedbackType: "star" }, { feedbackType: "rating", operator: ">=" as const, bound: 4 }],
  read: [{ feedbackType: "view" }],
};

function user(userId: string, labels: User["labels"] = null): User {
  return { userId, labels, comment: "" };
}

function item(itemId: string, rest: Partial<Item> = {}): Item {
  return { itemId, isHidden: false, categories: [], timestampMs: 0, labels: null, comment: "", ...rest };
}

function feedback(feedbackType: string, userId: string, itemId: string, rest: Partial<Feedback> = {}): Feedback {
  return { feedbackType, userId, itemId, value: 0, timestampMs: 0, updatedMs: 0, comment: "", ...rest };
}

function pairs(dataset: Dataset, matrix: UserItemMatrix): string[] {
  const list: string[] = [];
  for (let u = 0; u < matrix.numUsers; u++) {
    for (let entry = matrix.userOffsets[u]!; entry < matrix.userOffsets[u + 1]!; entry++) {
      const time = matrix.timestampsMs === undefined ? "" : ` @${matrix.timestampsMs[entry]}`;
      const value = matrix.values === undefined ? "" : ` =${matrix.values[entry]}`;
      list.push(`${dataset.userIds.idOf(u)} ${dataset.itemIds.idOf(matrix.itemIndices[entry]!)}${time}${value}`);
    }
  }
  return list.sort();
}

async function* batches<Row>(rows: readonly Row[], size = 3): AsyncGenerator<readonly Row[]> {
  for (let start = 0; start < rows.length; start += size) yield rows.slice(start, start + size);
}

describe("loadDataset", () => {
  it("puts a pair in its strongest role only, once, with its latest time", async () => {
    const dataset = await loadDataset({
      roles,
      users: [[user("u"), user("v")]],
      items: [[item("a"), item("b"), item("c"), item("d")]],
      feedback: batches([
        feedback("view", "u", "a", { timestampMs: 9 }),
        feedback("star", "u", "a", { timestampMs: 5 }),
        feedback("rating", "u", "a", { timestampMs: 7, value: 5 }),
        feedback("star", "u", "b"),
        feedback("skip", "u", "b"),
        feedback("rating", "u", "c", { value: 3 }),
        feedback("view", "u", "d"),
        feedback("view", "v", "a"),
      ]),
    });
    expect(pairs(dataset, dataset.positive)).toEqual(["u a @7"]);
    expect(pairs(dataset, dataset.negative)).toEqual(["u b"]);
    expect(pairs(dataset, dataset.read)).toEqual(["u d", "v a"]);
    expect(dataset.counts).toMatchObject({
      numUsers: 2,
      numItems: 4,
      numFeedback: 4,
      numPositive: 1,
      numNegative: 1,
      numRead: 2,
    });
    expect(dataset.counts.skipped.withoutRole).toBe(1);
    expect([dataset.userIds.frequency(0), dataset.itemIds.frequency(0), dataset.itemIds.frequency(1)]).toEqual([1, 1, 0]);
  });

  it("agrees with a naive load on random rows in any order", async () => {
    const random = new SeededRandom(5);
    const types = ["view", "star", "skip", "rating", "other"];
    const rows = Array.from({ length: 3000 }, () =>
      feedback(types[random.nextInt(5)]!, `u${random.nextInt(25)}`, `i${random.nextInt(40)}`, {
        value: random.nextInt(6),
        timestampMs: random.nextInt(1000),
      }),
    );
    const strongest: readonly FeedbackRole[] = ["read", "positive", "negative"];
    const oracle = new Map<string, { role: FeedbackRole; timestampMs: number; value: number }>();
    for (const row of rows) {
      const role = feedbackRole(roles, row);
      if (role === undefined || row.timestampMs > 900) continue;
      const key = `${row.userId} ${row.itemId}`;
      const held = oracle.get(key);
      const order = held === undefined ? 1 : strongest.indexOf(role) - strongest.indexOf(held.role);
      if (order > 0) oracle.set(key, { role, timestampMs: row.timestampMs, value: row.value });
      else if (order === 0 && held !== undefined) {
        held.timestampMs = Math.max(held.timestampMs, row.timestampMs);
        held.value = Math.max(held.value, row.value);
      }
    }
    const expected = (role: FeedbackRole) =>
      [...oracle]
        .filter(([, entry]) => entry.role === role)
        .map(([key, e]) => (role === "positive" ? `${key} @${e.timestampMs} =${e.value}` : key));
    const dataset = await loadDataset({
      roles,
      untilMs: 900,
      weightByValue: true,
      users: batches(
        Array.from({ length: 25 }, (_, i) => user(`u${i}`)),
        10,
      ),
      items: batches(
        Array.from({ length: 40 }, (_, i) => item(`i${i}`)),
        10,
      ),
      feedback: batches(rows, 100),
    });
    for (const role of strongest) expect(pairs(dataset, dataset[role])).toEqual(expected(role).sort());
  });

  it("counts what it passes over", async () => {
    const dataset = await loadDataset({
      roles,
      sinceMs: 10,
      untilMs: 20,
      itemSinceMs: 5,
      users: [[user("u"), user("u")]],
      items: [[item("a", { timestampMs: 5 }), item("old", { timestampMs: ZERO_TIME_MS }), item("a", { timestampMs: 9 })]],
      feedback: [
        [9, 10, 20, 21].map((timestampMs) => feedback("star", "u", "a", { timestampMs })),
        [feedback("star", "x", "a", { timestampMs: 15 }), feedback("star", "u", "old", { timestampMs: 15 })],
      ],
    });
    expect(pairs(dataset, dataset.positive)).toEqual(["u a @20"]);
    expect(dataset.counts.skipped).toEqual({
      repeated: 2,
      expiredItems: 1,
      unknownUser: 1,
      unknownItem: 1,
      outsideTime: 2,
      withoutRole: 0,
    });
    expect([...dataset.itemTimestampsMs]).toEqual([5]);
  });

  it("takes nothing as positive when no expression says so", async () => {
    const dataset = await loadDataset({
      roles: { positive: [], negative: [], read: [] },
      users: [[user("u")]],
      items: [[item("a")]],
      feedback: [[feedback("star", "u", "a")]],
    });
    expect(dataset.counts.numFeedback).toBe(0);
  });

  it("tabulates labels, categories, hidden items and chosen columns", async () => {
    const dataset = await loadDataset({
      roles,
      users: [[user("u", { job: "smith" })]],
      items: [[item("a", { categories: ["x", "y"], labels: { tags: ["t"], topic: "p" } }), item("b", { isHidden: true })]],
      feedback: [],
      itemColumns: { topic: ({ labels }) => (labels as { topic?: string } | null)?.topic, categories: (row) => row.categories },
      userColumns: { all: (row) => row.labels },
    });
    expect(dataset.itemCategories.names(0)).toEqual(["x", "y"]);
    expect(dataset.itemLabels.names(0)).toEqual([".tags:t", ".topic:p"]);
    expect(dataset.userLabels.names(0)).toEqual([".job:smith"]);
    expect(dataset.itemColumns.get("topic")?.names(0)).toEqual([":p"]);
    expect(dataset.itemColumns.get("topic")?.names(1)).toEqual([]);
    expect(dataset.itemColumns.get("categories")?.names(0)).toEqual([":x", ":y"]);
    expect(dataset.userColumns.get("all")?.names(0)).toEqual([".job:smith"]);
    expect([...dataset.isItemHidden]).toEqual([0, 1]);
  });

  it("reports progress, and ends between batches when aborted, closing the source", async () => {
    const controller = new AbortController();
    const seen: number[] = [];
    let isClosed = false;
    async function* endless(): AsyncGenerator<readonly Feedback[]> {
      try {
        for (;;) yield [feedback("star", "u", "a")];
      } finally {
        isClosed = true;
      }
    }
    const load = loadDataset({
      roles,
      users: [[user("u")]],
      items: [[item("a")]],
      feedback: endless(),
      expectedRows: 4,
      signal: controller.signal,
      onProgress: ({ done, total }) => {
        seen.push(done, total);
        if (done === 5) controller.abort();
      },
    });
    await expect(load).rejects.toThrow(AbortError);
    expect(seen).toEqual([1, 4, 2, 4, 3, 4, 4, 4, 5, 5]);
    expect(isClosed).toBe(true);
  });
});
