import { expect, it } from "vitest";
import { VectorTableBuilder } from "./vector-table.ts";

function tableOf(values: readonly unknown[]) {
  const builder = new VectorTableBuilder();
  for (const value of values) builder.addRow(value);
  const { rows, values: numbers, ...rest } = builder.build();
  return { rows: [...rows], values: [...numbers], ...rest };
}

it("keeps the vectors of the most frequent length and counts the others", () => {
  const table = tableOf([[1, 2, 3], [0.5, -1], null, [2, 0], [], "text", { a: [1, 2] }, ["a", "b"], [4, 5]]);
  expect(table).toEqual({ dimension: 2, rows: [1, 3, 8], values: [0.5, -1, 2, 0, 4, 5], numLeftOut: 1 });
});

it("prefers the length that came first when two are as frequent", () => {
  expect(tableOf([[1], [1, 2], [3, 4], [2]])).toMatchObject({ dimension: 1, rows: [0, 3], numLeftOut: 2 });
});

it("leaves out numbers that 32-bit floats cannot hold", () => {
  expect(tableOf([[1e39], [Number.NaN], [3e38]])).toMatchObject({ rows: [2], numLeftOut: 2 });
});

it("is empty without vectors", () => {
  expect(tableOf([null, 5])).toEqual({ dimension: 0, rows: [], values: [], numLeftOut: 0 });
});
