import { expect, test } from "vitest";
import { chunkList, chunkRows, lastOfEachKey, sendOverlapped } from "./chunks.ts";

test("rows are cut by number and by size, and none is lost", () => {
  const rows = ["a", "bb", "ccc", "d"].map((text) => [text]);
  expect([...chunkRows(rows, 3, 100)]).toEqual([rows.slice(0, 3), rows.slice(3)]);
  expect([...chunkRows(rows, 100, 3)]).toEqual([rows.slice(0, 2), rows.slice(2, 3), rows.slice(3)]);
  expect([...chunkRows(rows, 100, 1)]).toEqual(rows.map((row) => [row]));
  expect([...chunkRows([], 1, 1)]).toEqual([]);
  expect([...chunkList([1, 2, 3], 2)]).toEqual([[1, 2], [3]]);
});

test("the last row of a key stays, in the order of the keys", () => {
  const rows = ["b1", "a1", "b2"];
  expect(lastOfEachKey(rows, (row) => row.slice(0, 1))).toEqual(["a1", "b2"]);
});

test.each([
  [1, "prepare 1, send 1, prepare 2, done 1, send 2, prepare 3, done 2, send 3, all sent, done 3"],
  [2, "prepare 1, send 1, prepare 2, send 2, prepare 3, done 1, send 3, all sent, done 2, done 3"],
])("with %i chunks under way the next one is prepared ahead", async (maxUnderWay, order) => {
  const log: string[] = [];
  const { answered } = await sendOverlapped(
    [1, 2, 3],
    (chunk) => {
      log.push(`prepare ${chunk}`);
      return chunk;
    },
    async (chunk) => {
      log.push(`send ${chunk}`);
      await new Promise((resolve) => setImmediate(resolve));
      log.push(`done ${chunk}`);
    },
    maxUnderWay,
  );
  log.push("all sent");
  await answered;
  expect(log.join(", ")).toBe(order);
});

test("a chunk that fails ends it, and the others are not sent", async () => {
  const sent: number[] = [];
  const sending = sendOverlapped(
    [1, 2, 3],
    (chunk) => chunk,
    async (chunk) => {
      sent.push(chunk);
      throw new Error(`no ${chunk}`);
    },
  );
  await expect(sending).rejects.toThrow("no 1");
  expect(sent).toEqual([1]);
});
