import { expect, it } from "vitest";
import { GrowingColumn } from "./growing-column.ts";

it("gives back what was pushed, across chunks, once", () => {
  const column = new GrowingColumn(Int32Array);
  for (let i = 0; i < 10_000; i++) column.push(i);
  expect(column.length).toBe(10_000);
  const taken = column.take();
  expect(taken).toEqual(Int32Array.from({ length: 10_000 }, (_, i) => i));
  expect(column.length).toBe(0);
  column.push(7);
  expect([...column.take()]).toEqual([7]);
});
