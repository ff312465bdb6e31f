import { AbortError, type Item } from "@furze/core";
import type { ItemStore } from "@furze/storage";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CandidateRequest } from "./candidate-generator.ts";
import { ItemSet } from "./item-set.ts";
import { ItemSpace } from "./item-space.ts";
import { ListArena } from "./list-arena.ts";
import { ListSums } from "./list-sums.ts";

const NUM_ITEMS = 150;

/** Every third item is hidden, every second carries a category, and each is a millisecond newer than the one before. */
function spaceOfItems(): ItemSpace {
  const space = new ItemSpace({} as ItemStore);
  for (let index = 0; index < NUM_ITEMS; index++) {
    const categories = index % 2 === 0 ? ["even"] : [];
    const item: Item = {
      itemId: `${index}`,
      isHidden: index % 3 === 0,
      categories,
      timestampMs: index,
      labels: null,
      comment: "",
    };
    space.put(item);
  }
  return space;
}

const index = fc.integer({ min: 0, max: NUM_ITEMS - 1 });
/** Few different numbers, all exact in 4 bytes, so that sums are often equal. */
const score = fc.integer({ min: -1, max: 4 }).map((value) => value / 2);
const lists = fc.array(fc.array(fc.tuple(index, score), { maxLength: 40 }), { minLength: 1, maxLength: 12 });
const filter = fc.record({
  excluded: fc.array(index, { maxLength: 30 }).map((indices) => ItemSet.of(indices)),
  categories: fc.constantFrom([], ["even"]),
  sinceMs: fc.constantFrom(undefined, 60),
});
const query = fc.record({ filter, chosen: fc.array(fc.tuple(fc.nat(), score), { maxLength: 10 }) });

/** Only the filter matters here. */
function requestOf(chosenFilter: CandidateRequest["filter"]): CandidateRequest {
  return { history: {} as CandidateRequest["history"], filter: chosenFilter };
}

describe("ListSums", () => {
  it("gives a batch what it gives each request by itself", async () => {
    const sums = new ListSums(spaceOfItems());
    const queries = fc.array(query, { minLength: 2, maxLength: 20 });
    const property = fc.asyncProperty(
      lists,
      queries,
      fc.boolean(),
      fc.boolean(),
      async (given, asked, hasScores, hasWeights) => {
        const arena = new ListArena();
        for (const list of given) {
          const scores = hasScores ? Float32Array.from(list, ([, value]) => value) : undefined;
          arena.add({ items: Int32Array.from(list, ([item]) => item), scores });
        }
        const chosen = asked.map((one) => Int32Array.from(one.chosen, ([place]) => place % given.length));
        const weights = asked.map((one) => Float32Array.from(one.chosen, ([, weight]) => weight));
        const requests = asked.map((one) => requestOf(one.filter));
        const options = { limit: 15 };
        const batch = await sums.best({ arena, chosen, weights: hasWeights ? weights : undefined }, requests, options);
        for (const [position, request] of requests.entries()) {
          const ofOne = weights.slice(position, position + 1);
          const single = { arena, chosen: chosen.slice(position, position + 1), weights: hasWeights ? ofOne : undefined };
          expect(await sums.best(single, [request], options)).toEqual([batch[position]]);
        }
        arena.retire();
      },
    );
    await fc.assert(property, { numRuns: 60 });
  });

  it("leaves out what the filter excludes, hides or is too old for", async () => {
    const sums = new ListSums(spaceOfItems());
    const all = { excluded: ItemSet.EMPTY, categories: [] };
    const requests = [
      requestOf({ ...all, excluded: ItemSet.of([1, 2]) }),
      requestOf({ ...all, categories: ["even"] }),
      requestOf({ ...all, sinceMs: 5 }),
    ];
    const arena = new ListArena();
    for (const items of [Int32Array.of(0, 1, 2, 4, 5, 7), Int32Array.of(2, 2, 4)]) arena.add({ items });
    const terms = {
      arena,
      chosen: requests.map(() => Int32Array.of(0, 1)),
      weights: requests.map(() => Float32Array.of(1, 0.5)),
    };
    const found = await sums.best(terms, requests, { limit: 3 });
    expect(found.map(({ items, scores }) => [[...items], [...scores]])).toEqual([
      [
        [4, 5, 7],
        [1.5, 1, 1],
      ],
      [
        [2, 4],
        [2, 1.5],
      ],
      [
        [5, 7],
        [1, 1],
      ],
    ]);
  });

  it("stops when the signal is aborted", async () => {
    const requests = [0, 1].map(() => requestOf({ excluded: ItemSet.EMPTY, categories: [] }));
    const arena = new ListArena();
    const terms = { arena, chosen: requests.map(() => Int32Array.of(arena.add({ items: Int32Array.of(1) }))) };
    const call = new ListSums(spaceOfItems()).best(terms, requests, { limit: 3, signal: AbortSignal.abort() });
    await expect(call).rejects.toThrow(AbortError);
  });
});
