import { type CallOptions, throwIfAborted } from "@furze/core";
import { defaultKernelPool, KernelArrays, type KernelMemory } from "@furze/kernels";
import type { CandidateRequest, GenerateOptions } from "./candidate-generator.ts";
import { type Candidates, ScoreAccumulator } from "./candidates.ts";
import type { ItemSpace } from "./item-space.ts";
import type { ListArena } from "./list-arena.ts";

/** Lists of items, and which of them count for each request. */
export interface ListTerms {
  readonly arena: ListArena;
  /** Aligned with the requests: numbers in the arena. */
  readonly chosen: readonly Int32Array[];
  /** Aligned with `chosen`: what the scores of each list are multiplied by. Absent: all 1. */
  readonly weights?: readonly Float32Array[] | undefined;
}

/** Requests that a thread takes at a time. */
const CHUNK = 8;

/**
 * Adds up lists of items, and gives each request the items with the highest sums above 0 that its filter admits, best first; ties by
 * ascending index. A batch is spread over the threads of the kernel pool; one request is answered faster here than they wake up.
 *
 * Cost: O(items of all chosen lists); memory for a batch 8 bytes a chosen list and a place of the results, and for each thread 8 bytes an
 * item of the space.
 */
export class ListSums {
  readonly #space: ItemSpace;
  readonly #accumulator = new ScoreAccumulator();

  constructor(space: ItemSpace) {
    this.#space = space;
  }

  /** @throws {AbortError} if the signal is aborted */
  async best(terms: ListTerms, requests: readonly CandidateRequest[], options: GenerateOptions): Promise<Candidates[]> {
    const [only] = requests;
    if (only !== undefined && requests.length === 1) return [this.#sum(terms, only, options.limit)];
    return sumInPool(terms, requests, this.#space, options);
  }

  #sum({ arena, chosen, weights }: ListTerms, { filter }: CandidateRequest, limit: number): Candidates {
    const accumulator = this.#accumulator;
    accumulator.reserve(this.#space.size);
    for (const [place, number] of (chosen[0] ?? []).entries()) {
      const { items, scores } = arena.at(number);
      accumulator.add(items, scores ?? 1, weights?.[0]?.[place] ?? 1);
    }
    const best = accumulator.best(limit, (index) => this.#space.admits(index, filter));
    accumulator.clear();
    return best;
  }
}

/** Fetches what is not known yet of the items in the chosen lists. Cost: nothing when all items are known. */
export async function ensureKnown({ arena, chosen }: ListTerms, space: ItemSpace, call: CallOptions): Promise<void> {
  await space.ensure(itemsIn(arena, chosen), call);
}

function* itemsIn(arena: ListArena, chosen: readonly Int32Array[]): Iterable<number> {
  const numbers = new Set<number>();
  for (const ofRequest of chosen) for (const number of ofRequest) numbers.add(number);
  for (const number of numbers) yield* arena.at(number).items;
}

async function sumInPool(
  terms: ListTerms,
  requests: readonly CandidateRequest[],
  space: ItemSpace,
  { limit, signal }: GenerateOptions,
): Promise<Candidates[]> {
  const pool = defaultKernelPool();
  const { memory, table } = terms.arena.inMemory();
  using arrays = new KernelArrays();
  const packed = new Packing(memory, arrays);
  const scratchBytes = memory.call("sumListsScratch", space.size) ?? 0;
  const outItems = arrays.add(memory.allocInt32(requests.length * limit));
  const outScores = arrays.add(memory.allocFloat32(requests.length * limit));
  const args = [
    ...[table, ...packed.rows(terms.chosen), terms.weights === undefined ? 0 : packed.floats(terms.weights)],
    ...packed.rows(requests.map(({ filter }) => filter.excluded.indices)),
    ...[packed.masks(requests, space), space.size, limit, outItems.pointer, outScores.pointer],
  ];
  const threadArgs = Array.from({ length: pool.threads }, () => [arrays.add(memory.allocUint8(scratchBytes)).pointer]);
  const job = { memory, kernel: "sumLists", args, threadArgs, total: requests.length, chunk: CHUNK };
  try {
    await pool.run(signal === undefined ? job : { ...job, signal });
  } catch (error) {
    throwIfAborted(signal);
    throw error;
  }
  const items = new Int32Array(outItems.view);
  const scores = new Float32Array(outScores.view);
  return requests.map((_, request) => {
    const start = request * limit;
    const length = items.subarray(start, start + limit).indexOf(-1);
    const end = start + (length < 0 ? limit : length);
    return { items: items.subarray(start, end), scores: scores.subarray(start, end) };
  });
}

/** Puts what one job needs into kernel memory. */
class Packing {
  readonly #memory: KernelMemory;
  readonly #arrays: KernelArrays;

  /** @param arrays take all that is put there */
  constructor(memory: KernelMemory, arrays: KernelArrays) {
    this.#memory = memory;
    this.#arrays = arrays;
  }

  /** Rows one behind the other: the addresses of their offsets and of what they hold. */
  rows(lists: readonly Int32Array[]): [offsets: number, values: number] {
    const offsets = this.#arrays.add(this.#memory.allocInt32(lists.length + 1));
    let end = 0;
    for (const [row, list] of lists.entries()) {
      end += list.length;
      offsets.view[row + 1] = end;
    }
    const values = this.#arrays.add(this.#memory.allocInt32(end));
    for (const [row, list] of lists.entries()) values.view.set(list, offsets.view[row]);
    return [offsets.pointer, values.pointer];
  }

  floats(lists: readonly Float32Array[]): number {
    const values = this.#arrays.add(this.#memory.allocFloat32(lists.reduce((sum, { length }) => sum + length, 0)));
    let at = 0;
    for (const list of lists) {
      values.view.set(list, at);
      at += list.length;
    }
    return values.pointer;
  }

  /** For each request the address of a byte an item: whether its filter lets the item pass. Equal filters share them. */
  masks(requests: readonly CandidateRequest[], space: ItemSpace): number {
    const byFilter = new Map<string, number>();
    const addresses = this.#arrays.add(this.#memory.allocUint32(requests.length));
    for (const [position, { filter }] of requests.entries()) {
      const key = JSON.stringify([filter.sinceMs ?? null, ...filter.categories]);
      let address = byFilter.get(key);
      if (address === undefined) {
        const mask = this.#arrays.add(this.#memory.allocUint8(space.size));
        space.markOpen(filter, mask.view);
        address = mask.pointer;
        byFilter.set(key, address);
      }
      addresses.view[position] = address;
    }
    return addresses.pointer;
  }
}
