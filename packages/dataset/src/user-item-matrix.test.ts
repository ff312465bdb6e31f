import { InvalidArgumentError } from "@furze/core";
import { describe, expect, it } from "vitest";
import { UserItemMatrix } from "./user-item-matrix.ts";

const matrix = UserItemMatrix.fromTriples({
  numUsers: 3,
  numItems: 4,
  userIndices: [2, 0, 2, 0, 2],
  itemIndices: [3, 1, 0, 0, 3],
  values: [1, 2, 3, 4, 5],
  timestampsMs: [30, 10, 20, 40, 25],
});

describe("UserItemMatrix", () => {
  it("sorts by user and item and keeps the largest value and latest time of a pair", () => {
    expect([...matrix.userOffsets]).toEqual([0, 2, 2, 4]);
    expect([...matrix.itemIndices]).toEqual([0, 1, 0, 3]);
    expect([...(matrix.values ?? [])]).toEqual([4, 2, 3, 5]);
    expect([...(matrix.timestampsMs ?? [])]).toEqual([40, 10, 20, 30]);
  });

  it("shows the same entries by item", () => {
    expect([...matrix.itemOffsets]).toEqual([0, 2, 3, 3, 4]);
    expect([...matrix.userIndices]).toEqual([0, 2, 0, 2]);
    expect([...(matrix.itemValues ?? [])]).toEqual([4, 3, 2, 5]);
    expect(matrix.itemOffsets).toBe(matrix.itemOffsets);
    expect([...matrix.column(0)]).toEqual([0, 2]);
  });

  it("finds pairs and rows", () => {
    expect([
      matrix.has(2, 3),
      matrix.has(2, 1),
      matrix.has(1, 0),
      matrix.has(9, 0),
      matrix.has(-1, 0),
      matrix.has(0, 9),
    ]).toEqual([true, false, false, false, false, false]);
    expect([...matrix.row(2)]).toEqual([0, 3]);
    expect(matrix.row(1)).toHaveLength(0);
    expect(() => matrix.row(3)).toThrow(InvalidArgumentError);
    expect(() => matrix.column(4)).toThrow(InvalidArgumentError);
  });

  it("is the same from rows, and drops repeated items", () => {
    const rows = UserItemMatrix.fromRows({ numItems: 4, rows: [[1, 0, 1], [], Int32Array.of(3, 0)] });
    expect([...rows.itemIndices]).toEqual([...matrix.itemIndices]);
    expect([...rows.userOffsets]).toEqual([...matrix.userOffsets]);
    expect(rows.values).toBeUndefined();
    expect(rows.itemValues).toBeUndefined();
  });

  it("holds nothing", () => {
    const empty = UserItemMatrix.fromRows({ numItems: 0, rows: [] });
    expect([empty.numEntries, empty.userOffsets.length, empty.itemOffsets.length]).toEqual([0, 1, 1]);
  });

  it.each([
    ["itemIndices", { userIndices: [0], itemIndices: [] }],
    ["userIndices", { userIndices: [2], itemIndices: [0] }],
    ["itemIndices", { userIndices: [0], itemIndices: [-1] }],
    ["itemIndices", { userIndices: [0], itemIndices: [0.5] }],
    ["values", { userIndices: [0], itemIndices: [0], values: [Number.NaN] }],
    ["values", { userIndices: [0], itemIndices: [0], values: [1e39] }],
    ["values", { userIndices: [0], itemIndices: [0], values: [] }],
    ["timestampsMs", { userIndices: [0], itemIndices: [0], timestampsMs: [Number.POSITIVE_INFINITY] }],
    ["numUsers", { numUsers: -1, userIndices: [], itemIndices: [] }],
  ])("names %s when it is wrong (case %#)", (path, triples) => {
    const build = () => UserItemMatrix.fromTriples({ numUsers: 2, numItems: 2, ...triples });
    expect(build).toThrow(InvalidArgumentError);
    expect(build).toThrow(expect.objectContaining({ path }));
  });

  it("refuses a sparse form that is out of order", () => {
    const base = { numUsers: 2, numItems: 3, userOffsets: Int32Array.of(0, 2, 3), itemIndices: Int32Array.of(0, 2, 1) };
    expect(UserItemMatrix.fromCsr(base).has(1, 1)).toBe(true);
    for (const wrong of [
      { itemIndices: Int32Array.of(2, 0, 1) },
      { itemIndices: Int32Array.of(1, 1, 1) },
      { itemIndices: Int32Array.of(0, 3, 1) },
      { userOffsets: Int32Array.of(0, 4, 3) },
      { userOffsets: Int32Array.of(0, 3) },
      { values: Float32Array.of(1, 2) },
    ]) {
      expect(() => UserItemMatrix.fromCsr({ ...base, ...wrong })).toThrow(InvalidArgumentError);
    }
  });
});
