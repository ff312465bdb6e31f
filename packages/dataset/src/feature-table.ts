import { InvalidArgumentError } from "@furze/core";
import { checkCsr } from "./checks.ts";
import { GrowingColumn } from "./growing-column.ts";
import { IdDictionary } from "./id-dictionary.ts";
import { forEachLabelFeature } from "./label-features.ts";

/** The parts of a `FeatureTable`. */
export interface FeatureTableParts {
  /** Length numRows + 1. */
  readonly offsets: Int32Array;
  /** Features of each row, ascending within it, each at most once. */
  readonly indices: Int32Array;
  /** Names of the features; the frequency of a name is the number of rows that hold it. */
  readonly features: IdDictionary;
}

/**
 * Immutable sparse table of tags: each row (an item or a user) holds a set of features (labels, categories).
 *
 * Memory: 4 bytes per tag and row, and the dictionary of names.
 */
export class FeatureTable {
  readonly offsets: Int32Array;
  readonly indices: Int32Array;
  readonly features: IdDictionary;

  /** Checks the parts, copies nothing. @throws {InvalidArgumentError} naming the part that is wrong */
  constructor(parts: FeatureTableParts) {
    const { offsets, indices, features } = parts;
    checkCsr(offsets, indices, offsets.length - 1, features.size, { offsets: "offsets", indices: "indices" });
    this.offsets = offsets;
    this.indices = indices;
    this.features = features;
  }

  get numRows(): number {
    return this.offsets.length - 1;
  }

  get numFeatures(): number {
    return this.features.size;
  }

  get numEntries(): number {
    return this.indices.length;
  }

  /** Features of a row, ascending: a view, not a copy. @throws {InvalidArgumentError} if there is no such row */
  row(rowIndex: number): Int32Array {
    const start = this.offsets[rowIndex];
    if (start === undefined || rowIndex >= this.numRows) {
      throw new InvalidArgumentError("rowIndex", `row index ${rowIndex} is not in [0, ${this.numRows})`);
    }
    return this.indices.subarray(start, this.offsets[rowIndex + 1]);
  }

  /** Names of the features of a row. @throws {InvalidArgumentError} if there is no such row */
  names(rowIndex: number): string[] {
    return Array.from(this.row(rowIndex), (feature) => this.features.idOf(feature));
  }
}

/** Collects the rows of a `FeatureTable` in order. */
export class FeatureTableBuilder {
  readonly #features = new IdDictionary();
  readonly #ends = new GrowingColumn(Int32Array);
  readonly #indices = new GrowingColumn(Int32Array);
  #row: number[] = [];

  /** Appends a row with the tags of a labels value (see `forEachLabelFeature` for their names); none for `undefined`. */
  addLabels(labels: unknown): void {
    forEachLabelFeature(labels, (name) => this.#row.push(this.#features.add(name, 0)));
    this.#endRow();
  }

  /** Appends a row with features of the given names. */
  addNames(names: readonly string[]): void {
    for (const name of names) this.#row.push(this.#features.add(name, 0));
    this.#endRow();
  }

  build(): FeatureTable {
    const ends = this.#ends.take();
    const offsets = new Int32Array(ends.length + 1);
    offsets.set(ends, 1);
    const indices = this.#indices.take();
    return new FeatureTable({ offsets, indices, features: this.#features });
  }

  #endRow(): void {
    const row = this.#row.length < 2 ? this.#row : this.#row.sort((a, b) => a - b);
    let last = -1;
    for (const feature of row) {
      if (feature === last) continue;
      this.#indices.push(feature);
      this.#features.count(feature);
      last = feature;
    }
    this.#ends.push(this.#indices.length);
    row.length = 0;
  }
}
