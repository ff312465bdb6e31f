import { GrowingColumn } from "./growing-column.ts";

/** Vectors of rows, all of one length; not every row has one. */
export interface VectorTable {
  /** Numbers of a vector; 0 when there is none. */
  readonly dimension: number;
  /** Rows that have a vector, ascending. */
  readonly rows: Int32Array;
  /** Shape [rows.length, dimension]. */
  readonly values: Float32Array;
  /** Lists of numbers that are no vector of this table: of another length, or with a number beyond the range of 32-bit floats. */
  readonly numLeftOut: number;
}

interface Group {
  readonly rows: GrowingColumn<Int32Array<ArrayBuffer>>;
  readonly values: GrowingColumn<Float32Array<ArrayBuffer>>;
}

/** Collects vectors row after row and keeps those of the most frequent length; of two lengths that are as frequent, the one that came first. */
export class VectorTableBuilder {
  readonly #groups = new Map<number, Group>();
  #numRows = 0;
  #numLists = 0;

  /** The next row. A value that is no list of numbers, or an empty one, gives it no vector. */
  addRow(value: unknown): void {
    const row = this.#numRows++;
    if (!Array.isArray(value) || value.length === 0 || !value.every((part) => typeof part === "number")) return;
    this.#numLists++;
    if (!value.every((part) => Number.isFinite(Math.fround(part)))) return;
    let group = this.#groups.get(value.length);
    if (group === undefined) {
      group = { rows: new GrowingColumn(Int32Array), values: new GrowingColumn(Float32Array) };
      this.#groups.set(value.length, group);
    }
    group.rows.push(row);
    for (const part of value) group.values.push(part);
  }

  /** Ends the collecting; the builder is empty afterwards. */
  build(): VectorTable {
    let dimension = 0;
    let most = 0;
    for (const [length, { rows }] of this.#groups) {
      if (rows.length <= most) continue;
      dimension = length;
      most = rows.length;
    }
    const group = this.#groups.get(dimension);
    this.#groups.clear();
    const rows = group?.rows.take() ?? new Int32Array(0);
    const values = group?.values.take() ?? new Float32Array(0);
    return { dimension, rows, values, numLeftOut: this.#numLists - rows.length };
  }
}
