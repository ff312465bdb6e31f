// Scores of fitted factorization machines.
import { FmTables, firstRow, secondRow, sumRows } from "./fm-tables";
import { dotRows } from "./vector";

/** Scores of samples. sums: scratch of one parameter row. */
export function fmPredict(tables: FmTables, scores: usize, sums: usize, begin: i32, end: i32): void {
  const bias = load<f32>(tables.bias);
  for (let sample = begin; sample < end; sample++) {
    const score = bias + sumRows(tables, firstRow(tables, sample), secondRow(tables, sample), sums);
    store<f32>(scores + ((<usize>sample) << 2), score);
  }
}

/** The sums of the rows firstRow + begin to firstRow + end - 1, vectorBytes apart, and what each row scores by itself without bias. */
export function fmVectors(tables: FmTables, firstRow: i32, vectors: usize, vectorBytes: usize, constants: usize, sums: usize, begin: i32, end: i32): void {
  for (let i = begin; i < end; i++) {
    store<f32>(constants + ((<usize>i) << 2), sumRows(tables, firstRow + i, -1, sums));
    memory.copy(vectors + <usize>i * vectorBytes, sums, tables.factorBytes);
  }
}

/** scores[i] = constant + constants[j] + query * vectors[j], j = indices[i], or i when indices is 0; stride floats a vector, a multiple of 4. */
export function fmScores(query: usize, vectors: usize, constants: usize, stride: i32, constant: f32, indices: usize, scores: usize, begin: i32, end: i32): void {
  for (let i = begin; i < end; i++) {
    const at = (<usize>i) << 2;
    const j = indices == 0 ? <usize>i : <usize>load<u32>(indices + at);
    const product = dotRows(query, vectors + ((j * <usize>stride) << 2), stride);
    store<f32>(scores + at, constant + load<f32>(constants + (j << 2)) + product);
  }
}
