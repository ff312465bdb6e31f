// What the kernels of factorization machines work on: records of 32-bit fields that the caller writes in this order.
// A parameter row is the factors of a feature, padded with zeros to a multiple of 4, then four floats: its weight and three zeros.
import { dotRows, sumLanes } from "./vector";

/** Parameters, the features of rows, and the rows of samples. */
@unmanaged
export class FmTables {
  parameters: usize;
  /** Bytes of the factors in a row, a multiple of 16; a whole row has 16 more. */
  factorBytes: usize;
  /** One float: the constant part of every score. */
  bias: usize;
  /** Row r has the features indices[offsets[r]] to indices[offsets[r + 1] - 1]. */
  offsets: usize;
  indices: usize;
  /** Values of the features, 0 for all 1. */
  values: usize;
  /** First row of each sample, 0 when sample s has row s. */
  first: usize;
  /** Second row of each sample, 0 when there is none. */
  second: usize;
  /** Number of kinds of dense embeddings that second rows have, their records (see fm-embeddings.ts), and a vector for each such row. */
  numEmbeddings: i32;
  embeddings: usize;
  pooled: usize;
  /** First of the rows with embeddings: row r has pooled vector r - firstPooled. */
  firstPooled: i32;
}

/** First row of a sample. */
// @ts-ignore: decorator
@inline
export function firstRow(tables: FmTables, sample: i32): i32 {
  return tables.first == 0 ? sample : load<i32>(tables.first + ((<usize>sample) << 2));
}

/** Second row of a sample, -1 when there is none. */
// @ts-ignore: decorator
@inline
export function secondRow(tables: FmTables, sample: i32): i32 {
  return tables.second == 0 ? -1 : load<i32>(tables.second + ((<usize>sample) << 2));
}

/** Score of two rows as of sumRows, with what the pooled embeddings of the second add; without bias. */
export function scoreRows(tables: FmTables, a: i32, b: i32, sums: usize): f32 {
  const score = sumRows(tables, a, b, sums);
  if (tables.numEmbeddings == 0 || b < 0) return score;
  return score + dotRows(sums, tables.pooled + <usize>(b - tables.firstPooled) * tables.factorBytes, <i32>(tables.factorBytes >> 2));
}

/** Adds up the parameter rows of row a and row b (-1 for none) into `sums`; returns weights and pairwise term, without bias. */
export function sumRows(tables: FmTables, a: i32, b: i32, sums: usize): f32 {
  const factorBytes = tables.factorBytes;
  let pairs = f32x4.splat(0);
  let at: usize = 0;
  for (; at + 64 <= factorBytes; at += 64) pairs = f32x4.add(pairs, sumSixteen(tables, a, b, at, sums));
  for (; at < factorBytes; at += 16) pairs = f32x4.add(pairs, sumFour(tables, a, b, at, sums));
  sumFour(tables, a, b, factorBytes, sums);
  return load<f32>(sums + factorBytes) + <f32>0.5 * sumLanes(pairs);
}

/** Sixteen columns from byte `at` on; returns (sum of terms)^2 - sum of squared terms, folded to four lanes. */
function sumSixteen(tables: FmTables, a: i32, b: i32, at: usize, sums: usize): v128 {
  const base = tables.parameters + at;
  const rowBytes = tables.factorBytes + 16;
  const indices = tables.indices;
  const values = tables.values;
  let s0 = f32x4.splat(0), s1 = f32x4.splat(0), s2 = f32x4.splat(0), s3 = f32x4.splat(0);
  let q0 = f32x4.splat(0), q1 = f32x4.splat(0);
  for (let part = 0; part < 2; part++) {
    const row = part == 0 ? a : b;
    if (row < 0) break;
    const bounds = tables.offsets + ((<usize>row) << 2);
    const end = (<usize>load<u32>(bounds, 4)) << 2;
    for (let n = (<usize>load<u32>(bounds)) << 2; n < end; n += 4) {
      const p = base + <usize>load<u32>(indices + n) * rowBytes;
      let v0 = v128.load(p), v1 = v128.load(p, 16), v2 = v128.load(p, 32), v3 = v128.load(p, 48);
      if (values != 0) {
        const x = v128.load32_splat(values + n);
        v0 = f32x4.mul(v0, x);
        v1 = f32x4.mul(v1, x);
        v2 = f32x4.mul(v2, x);
        v3 = f32x4.mul(v3, x);
      }
      s0 = f32x4.add(s0, v0);
      s1 = f32x4.add(s1, v1);
      s2 = f32x4.add(s2, v2);
      s3 = f32x4.add(s3, v3);
      q0 = f32x4.relaxed_madd(v0, v0, q0);
      q1 = f32x4.relaxed_madd(v1, v1, q1);
      q0 = f32x4.relaxed_madd(v2, v2, q0);
      q1 = f32x4.relaxed_madd(v3, v3, q1);
    }
  }
  const to = sums + at;
  v128.store(to, s0);
  v128.store(to, s1, 16);
  v128.store(to, s2, 32);
  v128.store(to, s3, 48);
  const squares = f32x4.add(f32x4.add(f32x4.mul(s0, s0), f32x4.mul(s1, s1)), f32x4.add(f32x4.mul(s2, s2), f32x4.mul(s3, s3)));
  return f32x4.sub(squares, f32x4.add(q0, q1));
}

/** As sumSixteen, for four columns. */
function sumFour(tables: FmTables, a: i32, b: i32, at: usize, sums: usize): v128 {
  const base = tables.parameters + at;
  const rowBytes = tables.factorBytes + 16;
  const indices = tables.indices;
  const values = tables.values;
  let s = f32x4.splat(0), q = f32x4.splat(0);
  for (let part = 0; part < 2; part++) {
    const row = part == 0 ? a : b;
    if (row < 0) break;
    const bounds = tables.offsets + ((<usize>row) << 2);
    const end = (<usize>load<u32>(bounds, 4)) << 2;
    for (let n = (<usize>load<u32>(bounds)) << 2; n < end; n += 4) {
      let v = v128.load(base + <usize>load<u32>(indices + n) * rowBytes);
      if (values != 0) v = f32x4.mul(v, v128.load32_splat(values + n));
      s = f32x4.add(s, v);
      q = f32x4.relaxed_madd(v, v, q);
    }
  }
  v128.store(sums + at, s);
  return f32x4.sub(f32x4.mul(s, s), q);
}
