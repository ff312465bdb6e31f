import { IdDictionary, SeededRandom, UserItemMatrix } from "@furze/dataset";
import { Als } from "@furze/matrix-factorization";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { item, openStores, START_MS, type Stores } from "../../test/fixture.ts";
import type { MergedCandidate } from "../candidate-list.ts";
import { ItemSet } from "../item-set.ts";
import { ItemSpace } from "../item-space.ts";
import { collaborativeKind, encodeCollaborativeModel } from "../models/collaborative-model.ts";
import { ModelHolder } from "../models/model-holder.ts";
import type { UserHistory } from "../user-history.ts";
import { DiversityReranker } from "./diversity.ts";
import { ReplacementReranker } from "./replacement.ts";

const NUM_ITEMS = 40;
let stores: Stores;
let space: ItemSpace;

beforeEach(async () => {
  stores = await openStores();
  const random = new SeededRandom(1);
  const categories = () => ["drama", "comedy", "crime", "war"].filter(() => random.next() < 0.4);
  const rows = Array.from({ length: NUM_ITEMS }, (_, index) => item(`item-${index}`, { categories: categories() }));
  await stores.dataStore.items.upsert(rows);
  space = new ItemSpace(stores.dataStore.items);
  await space.load();
});

afterEach(() => stores[Symbol.asyncDispose]());

const ranked = (indices: readonly number[], scoreOf = (place: number) => -place): MergedCandidate[] =>
  indices.map((index, place) => ({ index, score: scoreOf(place), sources: ["latest"], modelId: "" }));

const requestOf = (positives: readonly number[], reads: readonly number[] = [], negatives: readonly number[] = []) => {
  const seen = ItemSet.of([...positives, ...reads, ...negatives]);
  const history: UserHistory = {
    userId: "ann",
    positives: Int32Array.from(positives),
    negatives: ItemSet.of(negatives),
    seen,
    updatedMs: START_MS,
    fingerprint: "",
  };
  return { history, filter: { excluded: seen, categories: [] } };
};

const indicesOf = (list: readonly MergedCandidate[] | undefined) => (list ?? []).map(({ index }) => index);
const permutation = fc.shuffledSubarray([...Array(NUM_ITEMS).keys()], { minLength: 1 });

describe("ReplacementReranker", () => {
  it("lowers known items by their share of the list, whatever their scores are", async () => {
    const reranker = new ReplacementReranker({ positiveDecay: 0.8, readDecay: 0.55 }, space);
    const [list] = await reranker.rerank([ranked([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])], [requestOf([0], [1])], { limit: 10 });
    // Worth of the first item 0.8: behind 2, which has as much undecayed. Of the second one 0.9 * 0.55 = 0.495: before 6 with 0.4.
    expect(indicesOf(list)).toEqual([2, 0, 3, 4, 5, 1, 6, 7, 8, 9]);
    expect(list?.find(({ index }) => index === 0)).toEqual({ index: 0, score: -0, sources: ["latest"], modelId: "" });
  });

  it("never lets an item pass one that decays less", async () => {
    const decay = fc.double({ min: 0.01, max: 1, noNaN: true });
    const known = fc.array(fc.integer({ min: 0, max: NUM_ITEMS - 1 }));
    await fc.assert(
      fc.asyncProperty(permutation, known, known, decay, decay, async (order, positives, reads, positiveDecay, readDecay) => {
        const request = requestOf(positives, reads);
        const reranker = new ReplacementReranker({ positiveDecay, readDecay }, space);
        const [list = []] = await reranker.rerank([ranked(order)], [request], { limit: order.length });
        expect(indicesOf(list).toSorted()).toEqual(order.toSorted());
        const decayOf = (index: number) => {
          if (positives.includes(index)) return positiveDecay;
          return reads.includes(index) ? readDecay : 1;
        };
        const before = new Map(order.map((index, place) => [index, place] as const));
        for (const [place, { index }] of list.entries()) {
          for (const { index: behind } of list.slice(place + 1)) {
            const hasPassed = (before.get(index) ?? 0) > (before.get(behind) ?? 0);
            if (hasPassed) expect(decayOf(index)).toBeGreaterThan(decayOf(behind));
          }
        }
      }),
      { numRuns: 50 },
    );
  });

  it("fills a short list with what the user likes, then with what he saw, never with what he dislikes", async () => {
    const reranker = new ReplacementReranker({ positiveDecay: 0.8, readDecay: 0.6 }, space);
    const request = requestOf([7, 5], [9], [8]);
    const [list = []] = await reranker.rerank([ranked([1])], [request], { limit: 10 });
    expect(indicesOf(list)).toEqual([1, 7, 5, 9]);
    expect(list[1]).toEqual({ index: 7, score: 0, sources: ["replacement"], modelId: "" });
    const [short = []] = await reranker.rerank([ranked([1])], [request], { limit: 2 });
    expect(indicesOf(short)).toEqual([1, 7]);
  });

  it("refuses a decay that would not lower", () => {
    expect(() => new ReplacementReranker({ positiveDecay: 1.2, readDecay: 0.6 }, space)).toThrow(
      "positiveDecay must be above 0",
    );
    expect(() => new ReplacementReranker({ positiveDecay: 1, readDecay: 0 }, space)).toThrow("readDecay must be above 0");
  });
});

describe("DiversityReranker", () => {
  const spread = async (strength: number, lists: readonly MergedCandidate[][]): Promise<readonly MergedCandidate[][]> =>
    new DiversityReranker({ strength }, space, undefined).rerank(lists, [], { limit: NUM_ITEMS });

  it("keeps the list a permutation and its first item the first", async () => {
    const strength = fc.double({ min: 0, max: 1, noNaN: true });
    await fc.assert(
      fc.asyncProperty(permutation, strength, async (order, value) => {
        const [list] = await spread(value, [ranked(order)]);
        expect(indicesOf(list).toSorted()).toEqual(order.toSorted());
        expect(indicesOf(list)[0]).toBe(order[0]);
      }),
      { numRuns: 50 },
    );
  });

  it("makes the head less alike with every step of strength, and keeps it relevant", async () => {
    const random = new SeededRandom(2);
    const lists = Array.from({ length: 50 }, () => ranked([...Array(NUM_ITEMS).keys()].sort(() => random.next() - 0.5)));
    const alike: number[] = [];
    const meanPlaces: number[] = [];
    for (const strength of [0, 0.2, 0.4, 0.6, 0.8, 1]) {
      const heads = (await spread(strength, lists)).map((list) => list.slice(0, 10));
      alike.push(mean(heads.map(intraListSimilarity)));
      meanPlaces.push(mean(heads.flatMap((head) => head.map(({ score }) => -score))));
    }
    for (const [step, value] of alike.entries()) if (step > 0) expect(value).toBeLessThan(alike[step - 1] as number);
    // Mean original place of the ten shown: 4.5 when nothing moves, 19.5 if they were drawn from the whole list.
    expect(meanPlaces[0]).toBe(4.5);
    expect(meanPlaces[1]).toBeLessThan(7);
    expect(meanPlaces[2]).toBeLessThan(10);
    expect(meanPlaces.toSorted((a, b) => a - b)).toEqual(meanPlaces);
  });

  it("goes by the factor model's item vectors where it has both items", async () => {
    // Two groups of users, each with items of its own; categories say nothing of them. The model does not know the last item.
    const groups = [0, 1].map((group) => Array.from({ length: 6 }, (_, place) => 2 * place + group));
    const rows = Array.from({ length: 24 }, (_, user) => groups[user % 2]?.filter((_, place) => place !== user % 6) ?? []);
    const ids = (names: readonly string[]): IdDictionary => {
      const dictionary = new IdDictionary();
      for (const name of names) dictionary.add(name);
      return dictionary;
    };
    const matrix = UserItemMatrix.fromRows({ numItems: 12, rows });
    using factors = await new Als({ numFactors: 4, numEpochs: 10, threads: 1 }).fit(matrix);
    const itemIds = ids(Array.from({ length: 12 }, (_, index) => `item-${index}`));
    const file = encodeCollaborativeModel({
      modelId: "1",
      userIds: ids(rows.map((_, user) => `user-${user}`)),
      itemIds,
      factors,
    });
    const models = new ModelHolder(collaborativeKind);
    await models.update({ modelId: "1", sha256: "" }, async () => file);
    const list = ranked([0, 2, 4, 1, 3, 5]);
    const [spreadOut] = await new DiversityReranker({ strength: 0.6 }, space, models).rerank([list], [], { limit: 6 });
    expect(
      indicesOf(spreadOut)
        .map((index) => index % 2)
        .slice(0, 2),
    ).toEqual([0, 1]);
    const [plain] = await new DiversityReranker({ strength: 0.6 }, space, undefined).rerank([list], [], { limit: 6 });
    expect(indicesOf(plain)).not.toEqual(indicesOf(spreadOut));
    const lease = models.acquire();
    const dispose = vi.spyOn(lease?.model.factors ?? factors, "dispose");
    lease?.release();
    models.dispose();
    // Nobody has kept a hold on the model.
    expect(dispose).toHaveBeenCalledOnce();
  });

  it("refuses a strength out of range", () => {
    expect(() => new DiversityReranker({ strength: 1.1 }, space, undefined)).toThrow("strength must be between 0 and 1");
  });

  function intraListSimilarity(list: readonly MergedCandidate[]): number {
    const sets = list.map(({ index }) => new Set(space.categoriesOf(index)));
    const pairs = sets.flatMap((a, place) => sets.slice(place + 1).map((b) => [a, b] as const));
    return mean(pairs.map(([a, b]) => a.intersection(b).size / Math.max(1, a.union(b).size)));
  }
});

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
