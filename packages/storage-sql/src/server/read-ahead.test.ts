import { expect, it } from "vitest";
import { readAhead } from "./read-ahead.ts";

/** The numbers up to a last one, and the positions that were asked for. */
function numbers(last: number, batchSize: number) {
  const asked: (number | undefined)[] = [];
  const read = async (from: number | undefined): Promise<number[]> => {
    asked.push(from);
    const start = (from ?? 0) + 1;
    return Array.from({ length: Math.max(0, Math.min(batchSize, last - start + 1)) }, (_, place) => start + place);
  };
  return { asked, reading: { read, positionOf: (row: number) => row, batchSize } };
}

it("gives all rows in batches, also when the last batch is full or there is none", async () => {
  for (const last of [0, 1, 3, 4, 6]) {
    const { reading } = numbers(last, 3);
    const batches: (readonly number[])[] = [];
    for await (const batch of readAhead(reading)) batches.push(batch);
    expect(batches.flat()).toEqual(Array.from({ length: last }, (_, place) => place + 1));
    expect(batches.every((batch) => batch.length > 0)).toBe(true);
  }
});

it("asks for the next batch before the caller is done with the last", async () => {
  const { asked, reading } = numbers(5, 2);
  const scan = readAhead(reading);
  expect((await scan.next()).value).toEqual([1, 2]);
  expect(asked).toEqual([undefined, 2]);
  await scan.return();
  expect(asked).toEqual([undefined, 2]);
});

it("tells of a failed read when its batch is due", async () => {
  const read = (from: number | undefined) => (from === undefined ? Promise.resolve([1, 2]) : Promise.reject(new Error("away")));
  const scan = readAhead({ read, positionOf: (row: number) => row, batchSize: 2 });
  expect((await scan.next()).value).toEqual([1, 2]);
  await expect(scan.next()).rejects.toThrow("away");
});
