import type { KernelArray } from "@furze/kernels";
import type { FeatureRows } from "./feature-rows.ts";
import type { ParameterTable } from "./parameter-table.ts";
import type { FmSamples } from "./samples.ts";

/** Kernel arrays that live as long as one piece of work. */
export class KernelArrays {
  readonly #arrays: { free(): void }[] = [];

  add<T extends { free(): void }>(array: T): T {
    this.#arrays.push(array);
    return array;
  }

  [Symbol.dispose](): void {
    for (const array of this.#arrays.splice(0)) array.free();
  }
}

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

/** The record that kernels take (see fm-tables.ts of the kernels), without samples: for work on rows. */
export function rowTables(
  parameters: ParameterTable,
  arrays: KernelArrays,
  rows: RowPointers,
): KernelArray<Uint32Array<SharedArrayBuffer>> {
  const record = arrays.add(parameters.memory.allocUint32(8));
  record.view.set([parameters.rows.pointer, 4 * parameters.factorStride, parameters.bias.pointer, ...rows]);
  return record;
}

/** The same with samples. Returns its pointer. */
export function sampleTables(parameters: ParameterTable, arrays: KernelArrays, rows: RowPointers, samples: FmSamples): number {
  const { memory } = parameters;
  const record = rowTables(parameters, arrays, rows);
  const { first, second } = samples;
  if (first !== undefined) record.view[6] = arrays.add(memory.copyInt32(first)).pointer;
  if (second !== undefined) record.view[7] = arrays.add(memory.copyInt32(second)).pointer;
  return record.pointer;
}
