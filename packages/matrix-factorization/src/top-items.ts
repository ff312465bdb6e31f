import { AbortError } from "@furze/core";
import { type KernelArray, KernelArrays, type KernelPool } from "@furze/kernels";
import type { Factors } from "./factors.ts";

/** Item indices of several users in compressed sparse row form. */
export interface ItemLists {
  /** Number of users + 1. */
  readonly offsets: Int32Array;
  readonly indices: Int32Array;
}

/** Ranked lists of several users, best first. */
export interface RankedItems {
  /** Shape [users, limit], row-major; -1 where a list ends early. */
  readonly itemIndices: Int32Array;
  /** Same shape; 0 where a list ends early. */
  readonly scores: Float32Array;
}

/** How to run it. @internal */
export interface TopItemsOptions {
  readonly limit: number;
  readonly exclude?: ItemLists | undefined;
  readonly pool: KernelPool;
  readonly threads: number;
  readonly signal?: AbortSignal | undefined;
}

/** Most users that one kernel call takes. */
const BLOCK = 64;

/**
 * Best items of users given by row numbers into the factors, or by vectors of their own (rows of the factors' stride).
 * Items whose `trainedItems` is 0 do not appear.
 *
 * @throws {AbortError} if the signal is aborted
 */
export async function topItemsOfUsers(
  factors: Factors,
  trainedItems: Uint8Array,
  users: Int32Array | Float32Array,
  options: TopItemsOptions,
): Promise<RankedItems> {
  const { memory, stride } = factors;
  const { limit, exclude, pool, threads, signal } = options;
  const places = Math.min(limit, factors.numItems);
  const isVectors = users instanceof Float32Array;
  const numUsers = isVectors ? users.length / stride : users.length;
  using arrays = new KernelArrays();
  const vectors = isVectors ? arrays.add(memory.copyFloat32(users)) : factors.users;
  const rows = isVectors ? undefined : arrays.add(memory.copyInt32(users));
  const biases = arrays.add(maskedBiases(factors, trainedItems));
  const offsets = exclude === undefined ? undefined : arrays.add(memory.copyInt32(exclude.offsets));
  const indices = exclude === undefined ? undefined : arrays.add(memory.copyInt32(ascending(exclude)));
  const scores = arrays.add(memory.allocFloat32(numUsers * places));
  const found = arrays.add(memory.allocInt32(numUsers * places));
  const scratchLength = memory.call("topItemsScratch", stride, places) ?? 0;
  const threadArgs = Array.from({ length: threads }, () => [arrays.add(memory.allocFloat32(scratchLength)).pointer]);
  const args = [vectors.pointer, rows?.pointer ?? 0, factors.items.pointer, factors.numItems, stride, biases.pointer, places];
  args.push(offsets?.pointer ?? 0, indices?.pointer ?? 0, scores.pointer, found.pointer);
  // Small batches are cut finer, so that every thread gets a part.
  const chunk = Math.min(BLOCK, 4 * Math.max(1, Math.ceil(numUsers / threads / 4)));
  try {
    await pool.run({
      memory,
      kernel: "topItems",
      args,
      threadArgs,
      total: numUsers,
      chunk,
      threads,
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (error) {
    throw signal?.aborted === true ? new AbortError("the recommendation was aborted", { cause: error }) : error;
  }
  return widened(copied(found.view, scores.view), places, limit);
}

/** The biases up to the next multiple of 8, -Infinity for what must not appear. */
export function maskedBiases(factors: Factors, trainedItems: Uint8Array): KernelArray<Float32Array<SharedArrayBuffer>> {
  const masked = factors.memory.allocFloat32(Math.ceil(factors.numItems / 8) * 8);
  const { view } = masked;
  const biases = factors.biases.view;
  for (let item = 0; item < view.length; item++)
    view[item] = trainedItems[item] === 1 ? biases[item]! : Number.NEGATIVE_INFINITY;
  return masked;
}

/** Copies lists out of kernel memory; empty places get a finite score. */
export function copied(indices: Int32Array, scores: Float32Array): RankedItems {
  const result = { itemIndices: new Int32Array(indices), scores: new Float32Array(scores) };
  for (let i = 0; i < result.scores.length; i++) if (result.itemIndices[i]! < 0) result.scores[i] = 0;
  return result;
}

/** Lists of more places each, the new ones empty. */
function widened(lists: RankedItems, places: number, limit: number): RankedItems {
  if (places === limit) return lists;
  const numUsers = lists.itemIndices.length / places;
  const wide = { itemIndices: new Int32Array(numUsers * limit).fill(-1), scores: new Float32Array(numUsers * limit) };
  for (let user = 0; user < numUsers; user++) {
    wide.itemIndices.set(lists.itemIndices.subarray(user * places, (user + 1) * places), user * limit);
    wide.scores.set(lists.scores.subarray(user * places, (user + 1) * places), user * limit);
  }
  return wide;
}

/** The lists with every list in ascending order, which the kernel relies on. */
function ascending({ offsets, indices }: ItemLists): Int32Array {
  for (let user = 0; user + 1 < offsets.length; user++) {
    for (let at = offsets[user]! + 1; at < offsets[user + 1]!; at++) {
      if (indices[at - 1]! > indices[at]!) return sortedLists(offsets, indices);
    }
  }
  return indices;
}

function sortedLists(offsets: Int32Array, indices: Int32Array): Int32Array {
  const sorted = indices.slice();
  for (let user = 0; user + 1 < offsets.length; user++) sorted.subarray(offsets[user], offsets[user + 1]).sort();
  return sorted;
}
