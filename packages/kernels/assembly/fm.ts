// Factorization machine with log-loss: mini-batches of mean gradients, Adam on the features that occur in a batch.
// Gradients live in slots, one per feature of the batch, so that a thread needs little memory however many features there are.
import { FmTables, firstRow, scoreRows, secondRow } from "./fm-tables";
import { poolGradients, poolRow } from "./fm-embeddings";
import { logarithm } from "./logarithm";
import { exponential } from "./sigmoid";
import { axpyRows, sumLanes } from "./vector";

/** Samples whose sums are held between the two passes over them. */
const BLOCK = 64;

/** How to train. */
@unmanaged
export class FmTraining {
  /** Bytes, 1 for a positive sample. */
  targets: usize;
  /** Order of the samples. */
  order: usize;
  /** Mean and mean square of the gradients: rows like the parameters', and eight floats of the bias. */
  means: usize;
  squares: usize;
  biasMoments: usize;
  /** Adam's corrected step of each batch. */
  steps: usize;
  batchSize: i32;
  regularization: f32;
  /** Parameter rows of the weights of embeddings. */
  firstWeight: i32;
  numWeights: i32;
}

/** What one thread needs; all zero at first. */
@unmanaged
export class FmScratch {
  /** Slot + 1 of each feature, 0 for none. */
  slots: usize;
  /** Feature of each slot. */
  touched: usize;
  /** A row per slot: sum of error * x * sums, then: of error * x, of error * x^2, two unused. */
  gradients: usize;
  /** BLOCK rows. */
  sums: usize;
  /** BLOCK floats. */
  margins: usize;
  /** With embeddings: a flag for each pooled row, a list of as many, gradients of as many pooled vectors, and scratch as for fmPool. */
  flags: usize;
  pooledRows: usize;
  pooledGradients: usize;
  pooling: usize;
}

/** Trains on the samples order[begin] to order[end - 1], batch by batch; returns the sum of their losses, each before its batch's step. */
export function fmTrain(tables: FmTables, training: FmTraining, scratch: FmScratch, begin: i32, end: i32): f64 {
  const rowBytes = tables.factorBytes + 16;
  const batchSize = training.batchSize;
  let loss: f64 = 0;
  for (let start = begin; start < end; start += batchSize) {
    const stop = min(end, start + batchSize);
    const numPooled = tables.numEmbeddings == 0 ? 0 : poolBatch(tables, training, scratch, start, stop);
    let count = numPooled == 0 ? 0 : takeWeightSlots(training, scratch);
    let biasGradient: f32 = 0;
    for (let first = start; first < stop; first += BLOCK) {
      const last = min(stop, first + BLOCK);
      marginsOf(tables, training, scratch, first, last);
      loss += lossesOf(scratch.margins, last - first);
      for (let i = first; i < last; i++) {
        const sample = load<i32>(training.order + ((<usize>i) << 2));
        const unlikely = load<f32>(scratch.margins + ((<usize>(i - first)) << 2));
        const error = isPositive(training, sample) ? -unlikely : unlikely;
        const sums = scratch.sums + <usize>(i - first) * rowBytes;
        const second = secondRow(tables, sample);
        if (numPooled != 0) passPooled(tables, scratch, second, error, sums);
        count = addGradients(tables, scratch, firstRow(tables, sample), error, sums, count);
        count = addGradients(tables, scratch, second, error, sums, count);
        biasGradient += error;
      }
    }
    for (let i = 0; i < numPooled; i++) endPooled(tables, training, scratch, load<i32>(scratch.pooledRows + ((<usize>i) << 2)));
    const step = load<f32>(training.steps + ((<usize>(start / batchSize)) << 2));
    const scale = <f32>1 / <f32>(stop - start);
    moveBias(tables.bias, training.biasMoments, biasGradient * scale, step);
    for (let slot = 0; slot < count; slot++) moveFeature(tables, training, scratch, slot, scale, step);
  }
  return loss;
}

/** Pools the embeddings of the second rows of a batch, each once; returns the number of the rows. */
function poolBatch(tables: FmTables, training: FmTraining, scratch: FmScratch, start: i32, stop: i32): i32 {
  let count = 0;
  for (let i = start; i < stop; i++) {
    const row = secondRow(tables, load<i32>(training.order + ((<usize>i) << 2))) - tables.firstPooled;
    const flag = scratch.flags + <usize>row;
    if (load<u8>(flag) != 0) continue;
    store<u8>(flag, 1);
    store<i32>(scratch.pooledRows + ((<usize>count) << 2), row);
    poolRow(tables, row, scratch.pooling);
    count++;
  }
  return count;
}

/** Gives the weights of embeddings the first slots; returns their number. */
function takeWeightSlots(training: FmTraining, scratch: FmScratch): i32 {
  for (let i = 0; i < training.numWeights; i++) store<i32>(scratch.touched + ((<usize>i) << 2), training.firstWeight + i);
  return training.numWeights;
}

/** Adds a sample's part to the gradient of its pooled vector, then that vector to its sums, which the gradients of features need. */
function passPooled(tables: FmTables, scratch: FmScratch, second: i32, error: f32, sums: usize): void {
  const at = <usize>(second - tables.firstPooled) * tables.factorBytes;
  const width = <i32>(tables.factorBytes >> 2);
  axpyRows(error, sums, scratch.pooledGradients + at, width);
  axpyRows(1, tables.pooled + at, sums, width);
}

/** Turns the gradient of a pooled vector into gradients of weights, and leaves it zero. */
function endPooled(tables: FmTables, training: FmTraining, scratch: FmScratch, row: i32): void {
  const gradient = scratch.pooledGradients + <usize>row * tables.factorBytes;
  poolGradients(tables, row, gradient, scratch.gradients, training.firstWeight, scratch.pooling);
  memory.fill(gradient, 0, tables.factorBytes);
  store<u8>(scratch.flags + <usize>row, 0);
}

// @ts-ignore: decorator
@inline
function isPositive(training: FmTraining, sample: i32): bool {
  return load<u8>(training.targets + <usize>sample) != 0;
}

/** Margins of samples, their scores towards the right class, and the sums behind them. */
function marginsOf(tables: FmTables, training: FmTraining, scratch: FmScratch, first: i32, last: i32): void {
  const bias = load<f32>(tables.bias);
  const rowBytes = tables.factorBytes + 16;
  let sums = scratch.sums;
  for (let i = first; i < last; i++) {
    const sample = load<i32>(training.order + ((<usize>i) << 2));
    const score = bias + scoreRows(tables, firstRow(tables, sample), secondRow(tables, sample), sums);
    store<f32>(scratch.margins + ((<usize>(i - first)) << 2), isPositive(training, sample) ? score : -score);
    sums += rowBytes;
  }
}

/** Puts in place of margins the probabilities of the wrong class, 1 / (1 + exp(margin)); returns the sum of log(1 + exp(-margin)). */
function lossesOf(margins: usize, count: i32): f64 {
  const one = f32x4.splat(1);
  const zero = f32x4.splat(0);
  // What fills the last vector adds nothing.
  for (let i = count; (i & 3) != 0; i++) store<f32>(margins + ((<usize>i) << 2), 80);
  let linear = zero;
  // Of numbers from 1 to 2, a quarter of BLOCK a lane, so that one logarithm does for all.
  let product = one;
  const end = margins + ((<usize>count) << 2);
  for (let at = margins; at < end; at += 16) {
    const margin = v128.load(at);
    const small = exponential(f32x4.max(f32x4.splat(-80), f32x4.neg(f32x4.abs(margin))));
    const sum = f32x4.add(one, small);
    v128.store(at, f32x4.div(v128.bitselect(small, one, f32x4.ge(margin, zero)), sum));
    linear = f32x4.add(linear, f32x4.max(zero, f32x4.neg(margin)));
    product = f32x4.mul(product, sum);
  }
  const factors = <f64>f32x4.extract_lane(product, 0) * <f64>f32x4.extract_lane(product, 1) * <f64>f32x4.extract_lane(product, 2) * <f64>f32x4.extract_lane(product, 3);
  return <f64>sumLanes(linear) + logarithm(factors);
}

/** Adds a row's part of a sample's gradient to the slots of its features; returns the number of slots in use. */
function addGradients(tables: FmTables, scratch: FmScratch, row: i32, error: f32, sums: usize, count: i32): i32 {
  if (row < 0) return count;
  const factorBytes = tables.factorBytes;
  const rowBytes = factorBytes + 16;
  const bounds = tables.offsets + ((<usize>row) << 2);
  const end = (<usize>load<u32>(bounds, 4)) << 2;
  for (let n = (<usize>load<u32>(bounds)) << 2; n < end; n += 4) {
    const feature = load<u32>(tables.indices + n);
    const x: f32 = tables.values == 0 ? 1 : load<f32>(tables.values + n);
    const slotAt = scratch.slots + ((<usize>feature) << 2);
    let slot = load<i32>(slotAt);
    if (slot == 0) {
      store<u32>(scratch.touched + ((<usize>count) << 2), feature);
      slot = ++count;
      store<i32>(slotAt, slot);
    }
    const gradient = scratch.gradients + <usize>(slot - 1) * rowBytes;
    const pull = error * x;
    const pulls = f32x4.splat(pull);
    for (let at: usize = 0; at < factorBytes; at += 16) {
      v128.store(gradient + at, f32x4.relaxed_madd(pulls, v128.load(sums + at), v128.load(gradient + at)));
    }
    const tail = gradient + factorBytes;
    store<f32>(tail, load<f32>(tail) + pull);
    store<f32>(tail, load<f32>(tail, 4) + pull * x, 4);
  }
  return count;
}

/** One step of Adam for the feature of a slot; leaves the slot free and zero. */
function moveFeature(tables: FmTables, training: FmTraining, scratch: FmScratch, slot: i32, scale: f32, step: f32): void {
  const factorBytes = tables.factorBytes;
  const rowBytes = factorBytes + 16;
  const feature = load<u32>(scratch.touched + ((<usize>slot) << 2));
  store<i32>(scratch.slots + ((<usize>feature) << 2), 0);
  const gradient = scratch.gradients + <usize>slot * rowBytes;
  const parameters = tables.parameters + <usize>feature * rowBytes;
  const means = training.means + <usize>feature * rowBytes;
  const squares = training.squares + <usize>feature * rowBytes;
  const scales = f32x4.splat(scale);
  const steps = f32x4.splat(step);
  // The pairwise term of x * v against itself does not count: its part of the gradient is taken off, and the penalty added.
  const own = f32x4.splat(training.regularization - scale * load<f32>(gradient + factorBytes, 4));
  for (let at: usize = 0; at < factorBytes; at += 16) {
    const value = v128.load(parameters + at);
    const g = f32x4.relaxed_madd(own, value, f32x4.mul(scales, v128.load(gradient + at)));
    v128.store(parameters + at, adam(value, g, means + at, squares + at, steps));
    v128.store(gradient + at, f32x4.splat(0));
  }
  const value = v128.load(parameters + factorBytes);
  const weightGradient = scale * load<f32>(gradient + factorBytes) + training.regularization * f32x4.extract_lane(value, 0);
  const g = f32x4.replace_lane(f32x4.splat(0), 0, weightGradient);
  v128.store(parameters + factorBytes, adam(value, g, means + factorBytes, squares + factorBytes, steps));
  v128.store(gradient + factorBytes, f32x4.splat(0));
}

function moveBias(bias: usize, moments: usize, gradient: f32, step: f32): void {
  const value = v128.load32_zero(bias);
  const moved = adam(value, f32x4.replace_lane(f32x4.splat(0), 0, gradient), moments, moments + 16, f32x4.splat(step));
  v128.store32_lane(bias, moved, 0);
}

/** Moves on the means and squares at the pointers and returns the parameters after the step. Zero gradients and means stay zero. */
// @ts-ignore: decorator
@inline
function adam(value: v128, gradient: v128, meansAt: usize, squaresAt: usize, steps: v128): v128 {
  const means = f32x4.relaxed_madd(f32x4.splat(<f32>0.1), gradient, f32x4.mul(f32x4.splat(<f32>0.9), v128.load(meansAt)));
  const squares = f32x4.relaxed_madd(
    f32x4.mul(f32x4.splat(<f32>0.001), gradient),
    gradient,
    f32x4.mul(f32x4.splat(<f32>0.999), v128.load(squaresAt)),
  );
  v128.store(meansAt, means);
  v128.store(squaresAt, squares);
  return f32x4.sub(value, f32x4.div(f32x4.mul(steps, means), f32x4.add(f32x4.sqrt(squares), f32x4.splat(<f32>1e-8))));
}
