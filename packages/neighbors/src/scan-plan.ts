import type { KernelMemory } from "@furze/kernels";
import type { KernelPlan, PlanTarget } from "./kernel-plan.ts";
import type { SparseNeighborOptions } from "./neighbor-options.ts";
import { orderRows, type RowOrder, SCAN_BLOCK } from "./row-order.ts";
import type { SparseRows } from "./sparse-rows.ts";
import { type InvertedLists, weightSource } from "./weighted-source.ts";

/** Most scanned features: four for each of the 64 groups of the kernel. */
const MAX_SCANNED = 256;
/** A feature that fewer of the rows hold costs less as a list. */
const LEAST_SHARE = 1 / 48;
/** Queries that go through the blocks together. */
const BATCH = 32;
const INDEX_WORDS = 16;

/**
 * Lays out a search that scans blocks of rows. Rows get new numbers: those of about the same norm are in the same block, because a
 * block has one bound for all; blocks come in mixed order, so that good neighbors turn up early; rows never returned come last.
 * Memory: 8 bytes an entry, 16 bytes a feature and 8 more for each thread, 12 bytes a row and 1/8 for each scanned feature.
 *
 * @throws {InvalidArgumentError} naming the option that is out of range
 */
export function planScan(rows: SparseRows, options: SparseNeighborOptions, { memory, threads }: PlanTarget): KernelPlan {
  let slots = new Int32Array(0);
  const source = weightSource(rows, options, (lengths) => {
    slots = chooseSlots(lengths, rows.offsets.length - 1);
    return Uint8Array.from(slots, (slot) => (slot < 0 ? 0 : 1));
  });
  const order = orderRows(source.rows, source.norms, options.isExcluded);
  const ordered = reorder(source.rows, order.rows);
  const norms = source.norms === undefined ? undefined : permuted(source.norms, order.rows);
  const numGroups = (slots.reduce((most, slot) => Math.max(most, slot), -1) + 4) >> 2;
  const { listOffsets, lists } = invertTargets(ordered, order, slots);
  const mostFeatures = longestRow(ordered);
  const index = memory.allocUint32(INDEX_WORDS);
  index.view.set([
    memory.copyInt32(ordered.offsets).pointer,
    memory.copyInt32(ordered.indices).pointer,
    memory.copyInt32(new Int32Array(source.weights.buffer)).pointer,
    memory.copyInt32(listOffsets).pointer,
    memory.copyInt32(lists).pointer,
    norms === undefined ? 0 : memory.copyFloat32(norms).pointer,
    new Uint32Array(Float32Array.of(source.shrinkage).buffer)[0]!,
    memory.copyInt32(order.rows).pointer,
    placePlanes(memory, ordered, order, slots, numGroups),
    numGroups,
    memory.copyInt32(slots).pointer,
    order.numTargets,
    memory.copyFloat32(blockNorms(norms, order)).pointer,
    mostFeatures,
  ]);
  const scratchBytes = (memory.call("scanScratch") ?? 0) + BATCH * mostFeatures * 4 + rows.numFeatures * 8;
  return {
    kernel: "scanNeighbors",
    args: [index.pointer],
    threadArgs: Array.from({ length: threads }, () => [memory.allocUint8(scratchBytes).pointer]),
    maxChunk: BATCH,
    positions: order.positions,
    numFeaturesLeftOut: source.numFeaturesLeftOut,
  };
}

/** Place of each scanned feature, most frequent first, so that features of a group are about equally frequent; -1 for listed ones. */
function chooseSlots(lengths: Int32Array, numRows: number): Int32Array<ArrayBuffer> {
  const slots = new Int32Array(lengths.length).fill(-1);
  const frequent = Array.from(lengths.keys()).filter((feature) => lengths[feature]! >= Math.max(1, numRows * LEAST_SHARE));
  frequent.sort((a, b) => lengths[b]! - lengths[a]! || a - b);
  for (const [slot, feature] of frequent.slice(0, MAX_SCANNED).entries()) slots[feature] = slot;
  return slots;
}

function reorder({ offsets, indices, numFeatures }: SparseRows, order: Int32Array): SparseRows {
  const newOffsets = new Int32Array(offsets.length);
  const newIndices = new Int32Array(indices.length);
  let count = 0;
  for (const [position, row] of order.entries()) {
    for (let entry = offsets[row]!; entry < offsets[row + 1]!; entry++) newIndices[count++] = indices[entry]!;
    newOffsets[position + 1] = count;
  }
  return { offsets: newOffsets, indices: newIndices, numFeatures };
}

function permuted(values: Float32Array, order: Int32Array): Float32Array {
  const result = new Float32Array(values.length);
  for (let position = 0; position < result.length; position++) result[position] = values[order[position]!]!;
  return result;
}

/** Lists of the target positions of each feature that is not scanned. */
function invertTargets({ offsets, indices, numFeatures }: SparseRows, order: RowOrder, slots: Int32Array): InvertedLists {
  const listOffsets = new Int32Array(numFeatures + 1);
  const numEntries = offsets[order.numTargets]!;
  for (let entry = 0; entry < numEntries; entry++) if (slots[indices[entry]!]! < 0) listOffsets[indices[entry]! + 1]!++;
  for (let feature = 0; feature < numFeatures; feature++) listOffsets[feature + 1]! += listOffsets[feature]!;
  const cursor = listOffsets.slice(0, numFeatures);
  const lists = new Int32Array(listOffsets[numFeatures]!);
  for (let position = 0; position < order.numTargets; position++) {
    for (let entry = offsets[position]!; entry < offsets[position + 1]!; entry++) {
      const feature = indices[entry]!;
      if (slots[feature]! < 0) lists[cursor[feature]!++] = position;
    }
  }
  return { listOffsets, lists };
}

/**
 * Four bits a row and group, by block and group. Of 32 rows the first 16 are in the low halves of 16 bytes, the others in the high
 * halves.
 */
function placePlanes(
  memory: KernelMemory,
  { offsets, indices }: SparseRows,
  { numTargets }: RowOrder,
  slots: Int32Array,
  numGroups: number,
): number {
  const planeBytes = SCAN_BLOCK / 2;
  const { view, pointer } = memory.allocUint8(Math.ceil(numTargets / SCAN_BLOCK) * numGroups * planeBytes);
  for (let position = 0; position < numTargets; position++) {
    const block = Math.floor(position / SCAN_BLOCK) * numGroups * planeBytes;
    const row = position % SCAN_BLOCK;
    const at = block + (row >> 5) * 16 + (row & 15);
    const shift = (row & 16) >> 2;
    for (let entry = offsets[position]!; entry < offsets[position + 1]!; entry++) {
      const slot = slots[indices[entry]!]!;
      if (slot >= 0) view[at + (slot >> 2) * planeBytes]! |= 1 << (shift + (slot & 3));
    }
  }
  return pointer;
}

/** The largest norm of each block. */
function blockNorms(norms: Float32Array | undefined, { numTargets }: RowOrder): Float32Array {
  return Float32Array.from({ length: Math.ceil(numTargets / SCAN_BLOCK) }, (_, block) => {
    if (norms === undefined) return 1;
    const rows = norms.subarray(block * SCAN_BLOCK, Math.min(numTargets, (block + 1) * SCAN_BLOCK));
    return rows.reduce((most, norm) => Math.max(most, norm), 0);
  });
}

function longestRow({ offsets }: SparseRows): number {
  let most = 0;
  for (let row = 0; row < offsets.length - 1; row++) most = Math.max(most, offsets[row + 1]! - offsets[row]!);
  return most;
}
