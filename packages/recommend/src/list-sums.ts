import { throwIfAborted } from "@furze/core";
import { defaultKernelPool, KernelMemory } from "@furze/kernels";
import type { CandidateRequest, GenerateOptions } from "./candidate-generator.ts";
import { type Candidates, ScoreAccumulator } from "./candidates.ts";
import type { ItemSpace } from "./item-space.ts";

/** Lists of items, and which of them count for each request. */
export interface ListTerms {
  readonly lists: readonly Int32Array[];
  /** Aligned with the lists: the scores of their items. Absent: all 1. */
  readonly scores?: readonly Float32Array[] | undefined;
  /** Aligned with the requests: places in `lists`. */
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
 * Cost: O(items of all chosen lists); memory for a batch 4 bytes an item of the lists (8 with scores) and 8 bytes a place of the results,
 * and for each thread 8 bytes an item of the space.
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

  #sum({ lists, scores, chosen, weights }: ListTerms, { filter }: CandidateRequest, limit: number): Candidates {
    const accumulator = this.#accumulator;
    accumulator.reserve(this.#space.size);
    for (const [place, list] of (chosen[0] ?? []).entries()) {
      accumulator.add(lists[list] ?? new Int32Array(0), scores?.[list] ?? 1, weights?.[0]?.[place] ?? 1);
    }
    const best = accumulator.best(limit, (index) => this.#space.admits(index, filter));
    accumulator.clear();
    return best;
  }
}

async function sumInPool(
  terms: ListTerms,
  requests: readonly CandidateRequest[],
  space: ItemSpace,
  { limit, signal }: GenerateOptions,
): Promise<Candidates[]> {
  const pool = defaultKernelPool();
  using memory = new KernelMemory({ initialBytes: bytesFor(terms, requests.length * limit, space.size) });
  const scratchBytes = memory.call("sumListsScratch", space.size) ?? 0;
  const outItems = memory.allocInt32(requests.length * limit);
  const outScores = memory.allocFloat32(requests.length * limit);
  const args = [
    ...rows(memory, terms.lists),
    terms.scores === undefined ? 0 : floats(memory, terms.scores),
    ...rows(memory, terms.chosen),
    terms.weights === undefined ? 0 : floats(memory, terms.weights),
    ...rows(
      memory,
      requests.map(({ filter }) => filter.excluded.indices),
    ),
    ...[masksOf(memory, requests, space), space.size, limit, outItems.pointer, outScores.pointer],
  ];
  const threadArgs = Array.from({ length: pool.threads }, () => [memory.allocUint8(scratchBytes).pointer]);
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
    const found = items.indexOf(-1, start);
    const end = found < 0 ? start + limit : Math.min(found, start + limit);
    return { items: items.subarray(start, end), scores: scores.subarray(start, end) };
  });
}

/** What the arrays take in the end, but for the small ones. */
function bytesFor({ lists, scores }: ListTerms, places: number, numItems: number): number {
  const numEntries = lists.reduce((sum, { length }) => sum + length, 0);
  return 8 * (numItems * 2 + places + numEntries * (scores === undefined ? 1 : 2));
}

/** Rows one behind the other: the addresses of their offsets and of what they hold. */
function rows(memory: KernelMemory, lists: readonly Int32Array[]): [offsets: number, values: number] {
  const offsets = memory.allocInt32(lists.length + 1);
  let end = 0;
  for (const [row, list] of lists.entries()) {
    end += list.length;
    offsets.view[row + 1] = end;
  }
  const values = memory.allocInt32(end);
  for (const [row, list] of lists.entries()) values.view.set(list, offsets.view[row]);
  return [offsets.pointer, values.pointer];
}

function floats(memory: KernelMemory, lists: readonly Float32Array[]): number {
  const values = memory.allocFloat32(lists.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const list of lists) {
    values.view.set(list, at);
    at += list.length;
  }
  return values.pointer;
}

/** For each request the address of a byte an item: whether its filter lets the item pass. Equal filters share them. */
function masksOf(memory: KernelMemory, requests: readonly CandidateRequest[], space: ItemSpace): number {
  const byFilter = new Map<string, number>();
  const addresses = memory.allocUint32(requests.length);
  for (const [position, { filter }] of requests.entries()) {
    const key = JSON.stringify([filter.sinceMs ?? null, ...filter.categories]);
    let address = byFilter.get(key);
    if (address === undefined) {
      const mask = memory.allocUint8(space.size);
      space.markOpen(filter, mask.view);
      address = mask.pointer;
      byFilter.set(key, address);
    }
    addresses.view[position] = address;
  }
  return addresses.pointer;
}
