import type { KernelArray, KernelArrays } from "@furze/kernels";
import type { RowEmbeddings } from "./embeddings.ts";
import type { FeatureRows } from "./feature-rows.ts";
import type { ParameterTable } from "./parameter-table.ts";
import type { FmSamples } from "./samples.ts";

/** Rows of features in kernel memory: the pointers to offsets, indices and values. */
export type RowPointers = readonly [number, number, number];

/** Copies rows into the memory of the parameters. */
export function copyRows({ memory }: ParameterTable, arrays: KernelArrays, rows: FeatureRows): RowPointers {
  const { offsets, indices, values } = rows;
  return [
    arrays.add(memory.copyInt32(offsets)).pointer,
    arrays.add(memory.copyInt32(indices)).pointer,
    values === undefined ? 0 : arrays.add(memory.copyFloat32(values)).pointer,
  ];
}

/** Embeddings in kernel memory. */
export interface CopiedEmbeddings {
  /** What the record for kernels holds of them. */
  readonly fields: readonly number[];
  /** Rows that may have embeddings. */
  readonly numRows: number;
  /** Room for a pooled vector of each row, shape [numRows, factorStride]. */
  readonly pooled: KernelArray<Float32Array<SharedArrayBuffer>>;
}

/** Copies embeddings into the memory of the parameters; undefined for none. */
export function copyEmbeddings(
  parameters: ParameterTable,
  arrays: KernelArrays,
  embeddings: RowEmbeddings | undefined,
): CopiedEmbeddings | undefined {
  if (embeddings === undefined) return undefined;
  const { memory, factorStride } = parameters;
  const { firstRow, tables } = embeddings;
  const numRows = tables[0]?.places.length ?? 0;
  const records = arrays.add(memory.allocUint32(4 * tables.length));
  for (const [kind, { dimension, vectors, places }] of tables.entries()) {
    const pointers = [arrays.add(memory.copyFloat32(vectors)).pointer, arrays.add(memory.copyInt32(places)).pointer];
    records.view.set([dimension, parameters.firstWeight(kind), ...pointers], 4 * kind);
  }
  const pooled = arrays.add(memory.allocFloat32(numRows * factorStride));
  return { fields: [tables.length, records.pointer, pooled.pointer, firstRow], numRows, pooled };
}

/** Scratch that pooling needs. Returns its pointer. */
export function poolingScratch({ memory, stride, dimensions }: ParameterTable, arrays: KernelArrays): number {
  return arrays.add(memory.allocFloat32(2 * stride + Math.max(0, ...dimensions))).pointer;
}

/** The record that kernels take (see fm-tables.ts of the kernels), without samples: for work on rows. */
export function rowTables(
  parameters: ParameterTable,
  arrays: KernelArrays,
  rows: RowPointers,
  embeddings?: CopiedEmbeddings,
): KernelArray<Uint32Array<SharedArrayBuffer>> {
  const record = arrays.add(parameters.memory.allocUint32(12));
  record.view.set([parameters.rows.pointer, 4 * parameters.factorStride, parameters.bias.pointer, ...rows, 0, 0]);
  record.view.set(embeddings?.fields ?? [], 8);
  return record;
}

/** The same with samples. Returns its pointer. */
export function sampleTables(
  parameters: ParameterTable,
  arrays: KernelArrays,
  rows: RowPointers,
  samples: FmSamples,
  embeddings?: CopiedEmbeddings,
): number {
  const { memory } = parameters;
  const record = rowTables(parameters, arrays, rows, embeddings);
  const { first, second } = samples;
  if (first !== undefined) record.view[6] = arrays.add(memory.copyInt32(first)).pointer;
  if (second !== undefined) record.view[7] = arrays.add(memory.copyInt32(second)).pointer;
  return record.pointer;
}
