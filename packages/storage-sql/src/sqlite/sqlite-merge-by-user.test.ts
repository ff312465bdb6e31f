import type { Feedback } from "@furze/core";
import { compareBytes } from "@furze/storage";
import { expect, it } from "vitest";
import { mergeByUser, shareOfStream } from "./sqlite-merge-by-user.ts";

const IDS = ["a", "aa", "b", "é", "\uFFFD", "😀"];

function row(feedbackType: string, userId: string, itemId: string): Feedback {
  return { feedbackType, userId, itemId, value: 1, timestampMs: 0, updatedMs: 0, comment: "" };
}

/** Some of the rows that a type may have, in order; which ones differs from type to type. */
function rowsOf(type: number): Feedback[] {
  const pairs = IDS.flatMap((userId) => IDS.map((itemId) => row(`type-${type}`, userId, itemId)));
  return pairs.filter((_, place) => (place * 7 + type * 5) % (type + 2) < 2);
}

async function* stream(rows: readonly Feedback[], batchSize: number): AsyncGenerator<readonly Feedback[]> {
  for (let start = 0; start < rows.length; start += batchSize) yield rows.slice(start, start + batchSize);
}

async function batchesOf(merged: AsyncIterable<readonly Feedback[]>): Promise<(readonly Feedback[])[]> {
  const batches: (readonly Feedback[])[] = [];
  for await (const batch of merged) batches.push(batch);
  return batches;
}

function byUser(a: Feedback, b: Feedback): number {
  return compareBytes(a.userId, b.userId) || compareBytes(a.itemId, b.itemId) || compareBytes(a.feedbackType, b.feedbackType);
}

it("merges any number of streams by the bytes of user and item, equal ones by type", async () => {
  for (let numTypes = 0; numTypes <= 9; numTypes++) {
    const types = Array.from({ length: numTypes }, (_, type) => rowsOf(type));
    const merged = await batchesOf(
      mergeByUser(
        types.map((rows, type) => stream(rows, type + 1)),
        10,
      ),
    );
    expect(merged.flat()).toEqual(types.flat().sort(byUser));
  }
});

it("gives batches of the size asked for, and no empty one", async () => {
  for (const numRows of [0, 1, 3, 6]) {
    const rows = rowsOf(0).slice(0, numRows);
    const merged = await batchesOf(mergeByUser([stream(rows, 2), stream([], 2)], 3));
    expect(merged.map((batch) => batch.length)).toEqual({ 0: [], 1: [1], 3: [3], 6: [3, 3] }[numRows]);
  }
});

it("passes over empty batches of a stream", async () => {
  const gappy = async function* (): AsyncGenerator<readonly Feedback[]> {
    yield [];
    yield [row("x", "a", "a")];
    yield [];
    yield [];
    yield [row("x", "b", "a")];
  };
  const merged = await batchesOf(mergeByUser([gappy(), stream([row("y", "a", "b")], 1)], 10));
  expect(merged.flat().map(({ userId, itemId }) => userId + itemId)).toEqual(["aa", "ab", "ba"]);
});

it("closes all streams when the caller stops early, and when one of them fails", async () => {
  const closed: number[] = [];
  const watched = async function* (place: number, failsAt: number): AsyncGenerator<readonly Feedback[]> {
    try {
      for (const [at, one] of rowsOf(place).entries()) {
        if (at === failsAt) throw new Error("away");
        yield [one];
      }
    } finally {
      closed.push(place);
    }
  };
  for await (const _ of mergeByUser([watched(0, -1), watched(1, -1)], 1)) break;
  expect(closed.sort()).toEqual([0, 1]);
  closed.length = 0;
  await expect(batchesOf(mergeByUser([watched(0, -1), watched(1, 3), watched(2, -1)], 100))).rejects.toThrow("away");
  expect(closed.sort()).toEqual([0, 1, 2]);
});

it("shares the rows of a step among the streams, but never hands out tiny steps", () => {
  expect([1, 3, 8, 500].map((numStreams) => shareOfStream(2000, numStreams))).toEqual([2000, 667, 250, 16]);
});
