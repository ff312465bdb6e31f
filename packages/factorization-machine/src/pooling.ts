import { AbortError, InvalidArgumentError } from "@furze/core";
import { KernelArrays, type KernelPool } from "@furze/kernels";
import { checkFinite, checkLength } from "./checks.ts";
import type { EmbeddingTable } from "./embeddings.ts";
import { type CopiedEmbeddings, copyEmbeddings, poolingScratch, rowTables } from "./kernel-tables.ts";
import type { ParameterTable } from "./parameter-table.ts";

/** Rows of a kernel call. */
const ROWS_PER_CALL = 256;

/**
 * Pools the embeddings of one row, one of each kind or undefined, at once on the calling thread.
 *
 * @throws {InvalidArgumentError} if they do not fit the parameters
 */
export function poolEmbeddings(parameters: ParameterTable, embeddings: readonly (Float32Array | undefined)[]): Float32Array {
  const { dimensions } = parameters;
  checkLength("embeddings", embeddings, dimensions.length);
  const tables = embeddings.map((vector, kind): EmbeddingTable => {
    const dimension = dimensions[kind] ?? 0;
    checkLength("embeddings", vector ?? { length: dimension }, dimension);
    checkFinite("embeddings", vector ?? []);
    const places = Int32Array.of(vector === undefined ? -1 : 0);
    return { name: "", dimension, vectors: vector ?? new Float32Array(0), places };
  });
  using arrays = new KernelArrays();
  const copied = copyEmbeddings(parameters, arrays, { firstRow: 0, tables });
  const record = rowTables(parameters, arrays, [0, 0, 0], copied);
  parameters.memory.call("fmPool", record.pointer, poolingScratch(parameters, arrays), 0, 1);
  return withoutPadding(parameters, copied);
}

/**
 * Pools the embeddings of all rows.
 *
 * @returns shape [rows, numFactors], row-major
 * @throws {AbortError} if the signal is aborted
 */
export async function poolTables(
  parameters: ParameterTable,
  tables: readonly EmbeddingTable[],
  how: { readonly pool: KernelPool; readonly signal: AbortSignal | undefined },
): Promise<Float32Array> {
  const { memory } = parameters;
  const { pool, signal } = how;
  if (tables.length !== parameters.dimensions.length)
    throw new InvalidArgumentError("space", `the space must have ${parameters.dimensions.length} kinds of embeddings`);
  using arrays = new KernelArrays();
  const copied = copyEmbeddings(parameters, arrays, { firstRow: 0, tables });
  const record = rowTables(parameters, arrays, [0, 0, 0], copied);
  const threadArgs = Array.from({ length: pool.threads }, () => [poolingScratch(parameters, arrays)]);
  const total = copied?.numRows ?? 0;
  const job = { memory, kernel: "fmPool", args: [record.pointer], threadArgs, total, chunk: ROWS_PER_CALL };
  try {
    await pool.run({ ...job, ...(signal === undefined ? {} : { signal }) });
  } catch (error) {
    throw signal?.aborted === true ? new AbortError("the pooling was aborted", { cause: error }) : error;
  }
  return withoutPadding(parameters, copied);
}

function withoutPadding({ numFactors, factorStride }: ParameterTable, copied: CopiedEmbeddings | undefined): Float32Array {
  if (copied === undefined) return new Float32Array(0);
  const result = new Float32Array(copied.numRows * numFactors);
  for (let row = 0; row < copied.numRows; row++)
    result.set(copied.pooled.view.subarray(row * factorStride, row * factorStride + numFactors), row * numFactors);
  return result;
}
