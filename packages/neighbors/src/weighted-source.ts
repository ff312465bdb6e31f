import { InvalidArgumentError } from "@furze/core";
import type { SparseNeighborOptions } from "./neighbor-options.ts";
import type { SparseRows } from "./sparse-rows.ts";

/** One source of features, checked and weighted. */
export interface WeightedSource {
  /** Without the features left out. */
  readonly rows: SparseRows;
  /** 2^44 + weight * 2^20 of each feature: the kernel adds counts and weights in one 64-bit sum. */
  readonly weights: BigUint64Array;
  /** Rows that hold each feature and can be returned. */
  readonly lengths: Int32Array;
  /** 1 / sqrt(sum of weights) of each row; `undefined` for plain sums. */
  readonly norms: Float32Array | undefined;
  readonly shrinkage: number;
  readonly numFeaturesLeftOut: number;
}

/** The rows that can be returned, by feature. */
export interface InvertedLists {
  readonly listOffsets: Int32Array;
  readonly lists: Int32Array;
}

/** Features of a row that the count of a sum has room for. */
const MAX_FEATURES_PER_ROW = 2 ** 20 - 1;

/**
 * @param isFree features that cost next to nothing and are never left out, by the number of rows that hold each
 * @throws {InvalidArgumentError} naming the option that is out of range
 */
export function weightSource(
  rows: SparseRows,
  options: SparseNeighborOptions,
  isFree?: (lengths: Int32Array) => Uint8Array,
): WeightedSource {
  const { similarity = "shrunk-cosine", shrinkage = 10, isExcluded } = options;
  const numRows = rows.offsets.length - 1;
  const maxAccumulationsPerRow = workBound(numRows, options);
  if (!(shrinkage >= 0 && shrinkage < Number.POSITIVE_INFINITY)) {
    throw new InvalidArgumentError("shrinkage", `shrinkage must be at least 0, got ${shrinkage}`);
  }
  if (!(maxAccumulationsPerRow > 0)) {
    throw new InvalidArgumentError(
      "maxAccumulationsPerRow",
      `maxAccumulationsPerRow must be above 0, got ${maxAccumulationsPerRow}`,
    );
  }
  if (isExcluded !== undefined && isExcluded.length !== numRows) {
    throw new InvalidArgumentError("isExcluded", `isExcluded must have ${numRows} elements, has ${isExcluded.length}`);
  }
  for (let row = 0; row < numRows; row++) {
    const length = rows.offsets[row + 1]! - rows.offsets[row]!;
    if (length > MAX_FEATURES_PER_ROW) {
      throw new InvalidArgumentError(
        "sources",
        `row ${row} has ${length} features, at most ${MAX_FEATURES_PER_ROW} are possible`,
      );
    }
  }
  const frequencies = countFrequencies(rows, undefined);
  const lengths = isExcluded === undefined ? frequencies : countFrequencies(rows, isExcluded);
  const isLeftOut = chooseLeftOut(frequencies, lengths, isFree?.(lengths), maxAccumulationsPerRow * numRows);
  const kept = isLeftOut === undefined ? rows : withoutFeatures(rows, isLeftOut);
  const weights = Float32Array.from(frequencies, (frequency) => (frequency === 0 ? 0 : Math.log1p(numRows / frequency)));
  return {
    rows: kept,
    lengths,
    weights: BigUint64Array.from(weights, (weight) => 2n ** 44n + BigInt(Math.round(weight * 2 ** 20))),
    norms: similarity === "idf-sum" ? undefined : rowNorms(kept, weights),
    shrinkage: similarity === "shrunk-cosine" ? shrinkage : 0,
    numFeaturesLeftOut: isLeftOut === undefined ? 0 : isLeftOut.reduce((sum, flag) => sum + flag, 0),
  };
}

/** `maxAccumulationsPerRow` or its default. */
export function workBound(numRows: number, { maxAccumulationsPerRow }: SparseNeighborOptions): number {
  return maxAccumulationsPerRow ?? Math.max(100_000, 2e10 / numRows);
}

/** Mean additions of a row when all features are in lists. */
export function accumulationsPerRow(rows: SparseRows): number {
  const work = countFrequencies(rows, undefined).reduce((sum, frequency) => sum + frequency * frequency, 0);
  return work / Math.max(1, rows.offsets.length - 1);
}

function countFrequencies(rows: SparseRows, isExcluded: Uint8Array | undefined): Int32Array {
  const counts = new Int32Array(rows.numFeatures);
  const { offsets, indices } = rows;
  for (let row = 0; row < offsets.length - 1; row++) {
    if (isExcluded !== undefined && isExcluded[row] !== 0) continue;
    for (let entry = offsets[row]!; entry < offsets[row + 1]!; entry++) counts[indices[entry]!]!++;
  }
  return counts;
}

/** The most frequent features, as many as it takes to keep the additions within the budget; `undefined` when all fit. */
function chooseLeftOut(
  frequencies: Int32Array,
  lengths: Int32Array,
  isFree: Uint8Array | undefined,
  budget: number,
): Uint8Array | undefined {
  const workOf = (feature: number) => (isFree?.[feature] === 1 ? 0 : frequencies[feature]! * lengths[feature]!);
  let work = 0;
  for (let feature = 0; feature < frequencies.length; feature++) work += workOf(feature);
  if (work <= budget) return undefined;
  const isLeftOut = new Uint8Array(frequencies.length);
  const byFrequency = Int32Array.from(frequencies.keys()).sort((a, b) => frequencies[b]! - frequencies[a]! || a - b);
  for (const feature of byFrequency) {
    if (work <= budget) break;
    if (isFree?.[feature] === 1) continue;
    work -= workOf(feature);
    isLeftOut[feature] = 1;
  }
  return isLeftOut;
}

function withoutFeatures(rows: SparseRows, isLeftOut: Uint8Array): SparseRows {
  const numRows = rows.offsets.length - 1;
  const offsets = new Int32Array(numRows + 1);
  const indices = new Int32Array(rows.indices.length);
  let count = 0;
  for (let row = 0; row < numRows; row++) {
    for (let entry = rows.offsets[row]!; entry < rows.offsets[row + 1]!; entry++) {
      const feature = rows.indices[entry]!;
      if (isLeftOut[feature] === 0) indices[count++] = feature;
    }
    offsets[row + 1] = count;
  }
  return { offsets, indices: indices.subarray(0, count), numFeatures: rows.numFeatures };
}

/** The rows that are not excluded by feature, ascending. */
export function invertRows(rows: SparseRows, isExcluded: Uint8Array | undefined): InvertedLists {
  const { offsets, indices, numFeatures } = rows;
  const listOffsets = new Int32Array(numFeatures + 1);
  listOffsets.set(countFrequencies(rows, isExcluded), 1);
  for (let feature = 0; feature < numFeatures; feature++) listOffsets[feature + 1]! += listOffsets[feature]!;
  const cursor = listOffsets.slice(0, numFeatures);
  const lists = new Int32Array(listOffsets[numFeatures]!);
  for (let row = 0; row < offsets.length - 1; row++) {
    if (isExcluded !== undefined && isExcluded[row] !== 0) continue;
    for (let entry = offsets[row]!; entry < offsets[row + 1]!; entry++) lists[cursor[indices[entry]!]!++] = row;
  }
  return { listOffsets, lists };
}

function rowNorms(rows: SparseRows, weights: Float32Array): Float32Array {
  const norms = new Float32Array(rows.offsets.length - 1);
  for (let row = 0; row < norms.length; row++) {
    let sum = 0;
    for (let entry = rows.offsets[row]!; entry < rows.offsets[row + 1]!; entry++) sum += weights[rows.indices[entry]!]!;
    norms[row] = sum === 0 ? 0 : 1 / Math.sqrt(sum);
  }
  return norms;
}
