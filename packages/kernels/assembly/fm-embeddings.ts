// Dense embeddings in factorization machines: attention pools an embedding x into a vector as wide as the factors,
//   gate = dimension * softmax(ReLU(sum of x[j] * A[j] + a) * H), pooled = sum of gate[j] * x[j] * E[j] + c,
// (gates are 1 on average, so that wide embeddings do not vanish) and the score of a sample gains the inner product of the pooled vector and the sum of its features.
// The weights stand behind the features' parameters as rows of their own: A, H and E with a row per dimension each, then a and c.
import { FmTables } from "./fm-tables";
import { exponential } from "./sigmoid";
import { axpyRows, dotRows } from "./vector";

/** One kind of embeddings. */
@unmanaged
export class FmEmbedding {
  dimension: i32;
  /** Parameter row where A starts. */
  firstWeight: i32;
  /** Embeddings, `dimension` floats each. */
  vectors: usize;
  /** Which of them each pooled row has, -1 for none. */
  places: usize;
}

const RECORD_BYTES: usize = 16;

// @ts-ignore: decorator
@inline
function embeddingAt(tables: FmTables, e: i32): FmEmbedding {
  return changetype<FmEmbedding>(tables.embeddings + <usize>e * RECORD_BYTES);
}

/** The embedding that a pooled row has, 0 for none. */
// @ts-ignore: decorator
@inline
function vectorOf(embedding: FmEmbedding, pooledRow: i32): usize {
  const place = load<i32>(embedding.places + ((<usize>pooledRow) << 2));
  return place < 0 ? 0 : embedding.vectors + ((<usize>place * <usize>embedding.dimension) << 2);
}

/** Pools the embeddings of the rows begin to end - 1. scratch: two parameter rows, then as many floats as the largest dimension. */
export function fmPool(tables: FmTables, scratch: usize, begin: i32, end: i32): void {
  for (let row = begin; row < end; row++) poolRow(tables, row, scratch);
}

export function poolRow(tables: FmTables, pooledRow: i32, scratch: usize): void {
  const factorBytes = tables.factorBytes;
  const rowBytes = factorBytes + 16;
  const width = <i32>(factorBytes >> 2);
  const pooled = tables.pooled + <usize>pooledRow * factorBytes;
  memory.fill(pooled, 0, factorBytes);
  for (let e = 0; e < tables.numEmbeddings; e++) {
    const embedding = embeddingAt(tables, e);
    const x = vectorOf(embedding, pooledRow);
    if (x == 0) continue;
    const dimension = embedding.dimension;
    const gates = scratch + 2 * rowBytes;
    const weights = tables.parameters + <usize>embedding.firstWeight * rowBytes;
    fillGates(weights, x, dimension, width, scratch, gates);
    let row = weights + <usize>(2 * dimension) * rowBytes;
    for (let j = 0; j < dimension; j++) {
      const at = (<usize>j) << 2;
      axpyRows(load<f32>(gates + at) * load<f32>(x + at), row, pooled, width);
      row += rowBytes;
    }
    axpyRows(1, row + rowBytes, pooled, width);
  }
}

/** Fills the gates of an embedding, and `hidden` with what the ReLU lets through. */
function fillGates(weights: usize, x: usize, dimension: i32, width: i32, hidden: usize, gates: usize): void {
  const rowBytes = ((<usize>width) << 2) + 16;
  memory.copy(hidden, weights + <usize>(3 * dimension) * rowBytes, (<usize>width) << 2);
  let row = weights;
  for (let j = 0; j < dimension; j++) {
    axpyRows(load<f32>(x + ((<usize>j) << 2)), row, hidden, width);
    row += rowBytes;
  }
  for (let at = hidden; at < hidden + ((<usize>width) << 2); at += 16) v128.store(at, f32x4.max(f32x4.splat(0), v128.load(at)));
  let largest = -f32.MAX_VALUE;
  for (let j = 0; j < dimension; j++) {
    const gate = dotRows(hidden, row, width);
    store<f32>(gates + ((<usize>j) << 2), gate);
    largest = max(largest, gate);
    row += rowBytes;
  }
  let sum: f32 = 0;
  for (let j = 0; j < dimension; j++) {
    const at = gates + ((<usize>j) << 2);
    const e = f32x4.extract_lane(exponential(f32x4.splat(max<f32>(-80, load<f32>(at) - largest))), 0);
    store<f32>(at, e);
    sum += e;
  }
  const scale = <f32>dimension / sum;
  for (let j = 0; j < dimension; j++) store<f32>(gates + ((<usize>j) << 2), load<f32>(gates + ((<usize>j) << 2)) * scale);
}

/**
 * Adds to the gradients of the weights what follows from the gradient of a row's pooled vector.
 * gradients: rows for the weights, the first of all of them being `firstWeight`; scratch: as for fmPool.
 */
export function poolGradients(tables: FmTables, pooledRow: i32, gradient: usize, gradients: usize, firstWeight: i32, scratch: usize): void {
  const rowBytes = tables.factorBytes + 16;
  const width = <i32>(tables.factorBytes >> 2);
  const hidden = scratch;
  const pull = scratch + rowBytes;
  const gates = scratch + 2 * rowBytes;
  for (let e = 0; e < tables.numEmbeddings; e++) {
    const embedding = embeddingAt(tables, e);
    const x = vectorOf(embedding, pooledRow);
    if (x == 0) continue;
    const dimension = embedding.dimension;
    const part = <usize>dimension * rowBytes;
    const weights = tables.parameters + <usize>embedding.firstWeight * rowBytes;
    const to = gradients + <usize>(embedding.firstWeight - firstWeight) * rowBytes;
    fillGates(weights, x, dimension, width, hidden, gates);
    axpyRows(1, gradient, to + 3 * part + rowBytes, width);
    // Of the softmax: every gate pulls by its own slope minus the mean slope.
    let mean: f32 = 0;
    for (let j = 0; j < dimension; j++) {
      const at = (<usize>j) << 2;
      const offset: usize = part + part + <usize>j * rowBytes;
      const gated = load<f32>(gates + at) * load<f32>(x + at);
      mean += gated * dotRows(weights + offset, gradient, width);
      axpyRows(gated, gradient, to + offset, width);
    }
    mean /= <f32>dimension;
    memory.fill(pull, 0, tables.factorBytes);
    for (let j = 0; j < dimension; j++) {
      const at = (<usize>j) << 2;
      const row = <usize>j * rowBytes;
      const slope = load<f32>(x + at) * dotRows(weights + 2 * part + row, gradient, width);
      const logit = load<f32>(gates + at) * (slope - mean);
      axpyRows(logit, weights + part + row, pull, width);
      axpyRows(logit, hidden, to + part + row, width);
    }
    for (let at: usize = 0; at < tables.factorBytes; at += 16) {
      const open = f32x4.gt(v128.load(hidden + at), f32x4.splat(0));
      v128.store(pull + at, v128.and(open, v128.load(pull + at)));
    }
    axpyRows(1, pull, to + 3 * part, width);
    for (let j = 0; j < dimension; j++) axpyRows(load<f32>(x + ((<usize>j) << 2)), pull, to + <usize>j * rowBytes, width);
  }
}
