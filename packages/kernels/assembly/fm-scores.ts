// Scores of fitted factorization machines.
import { FmTables, firstRow, scoreRows, secondRow, sumRows } from "./fm-tables";
import { axpyRows, dotRows } from "./vector";

/** Scores of samples. sums: scratch of one parameter row. */
export function fmPredict(tables: FmTables, scores: usize, sums: usize, begin: i32, end: i32): void {
  const bias = load<f32>(tables.bias);
  for (let sample = begin; sample < end; sample++) {
    const score = bias + scoreRows(tables, firstRow(tables, sample), secondRow(tables, sample), sums);
    store<f32>(scores + ((<usize>sample) << 2), score);
  }
}

/**
 * The vectors of rows, sums of their parameters and of their pooled embeddings, and what each row scores by itself without bias.
 * pooled: vectors of the rows' embeddings, 0 for none; sums: scratch of one parameter row.
 */
export function fmVectors(tables: FmTables, vectors: usize, constants: usize, pooled: usize, sums: usize, begin: i32, end: i32): void {
  const factorBytes = tables.factorBytes;
  const width = <i32>(factorBytes >> 2);
  for (let row = begin; row < end; row++) {
    let constant = sumRows(tables, row, -1, sums);
    const at = <usize>row * factorBytes;
    memory.copy(vectors + at, sums, factorBytes);
    if (pooled != 0) {
      constant += dotRows(sums, pooled + at, width);
      axpyRows(1, pooled + at, vectors + at, width);
    }
    store<f32>(constants + ((<usize>row) << 2), constant);
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
