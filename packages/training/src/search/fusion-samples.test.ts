import { type Feedback, ManualClock } from "@furze/core";
import type { PipelineOptions } from "@furze/recommend";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { HOUR_MS, openStores, pipeline as plain, START_MS, type Stores } from "../../test/fixture.ts";
import { loadData } from "../load-data.ts";
import { type FusionSamplesOptions, fusionSamples } from "./fusion-samples.ts";

const clock = new ManualClock(START_MS);
const pipeline: PipelineOptions = {
  ...plain,
  cacheSize: 60,
  itemToItem: [
    { name: "similar", type: "users", column: "" },
    { name: "linear", type: "linear", column: "" },
  ],
  ensemble: [{ name: "bpr", type: "bpr", numFactors: 8 }],
  recommenders: [
    ...["collaborative", "collaborative/bpr", "item-to-item/similar", "item-to-item/linear", "user-to-user/taste"],
    "latest",
  ],
};
let stores: Stores;

beforeEach(async () => {
  stores = await openStores(clock);
  await stores.dataStore.feedback.upsert([...likes()], { mode: "sum" });
});
afterEach(() => stores[Symbol.asyncDispose]());

/** Thirty users of two tastes among twenty items, each with an item of his own beside them. */
function* likes(): Iterable<Feedback> {
  const times = { timestampMs: START_MS - HOUR_MS, updatedMs: START_MS - HOUR_MS };
  const like = (user: number, itemId: string): Feedback => {
    return { feedbackType: "like", userId: `u${user}`, itemId, value: 1, ...times, comment: "" };
  };
  for (let user = 0; user < 30; user++) {
    yield like(user, `own${user}`);
    for (let item = 0; item < 20; item++) if (item % 2 === user % 2 && (user + item) % 7 > 0) yield like(user, `i${item}`);
  }
}

async function options(changes: Partial<FusionSamplesOptions> = {}): Promise<FusionSamplesOptions> {
  const { dataset } = await loadData({ ...stores, pipeline, nowMs: START_MS });
  return { ...stores, clock, pipeline, dataset, ...changes };
}

describe("fusionSamples", () => {
  it("asks every recommender, and lets each propose what has been held out from it", async () => {
    const samples = await fusionSamples(await options());
    expect(samples.length).toBeGreaterThan(20);
    for (const { sources, relevant } of samples) {
      expect(sources.map(({ name }) => name)).toEqual(pipeline.recommenders);
      expect(relevant.size).toBeGreaterThan(0);
      // What a user likes stands in the list of the newest items, which is all there is, only where it is held out.
      const latest = new Set(sources.at(-1)?.candidates.items);
      expect(relevant.difference(latest).size).toBe(0);
    }
    for (const name of pipeline.recommenders.slice(0, -1)) {
      const found = samples.filter(({ sources, relevant }) => {
        const items = sources.find((source) => source.name === name)?.candidates.items ?? [];
        return !relevant.isDisjointFrom(new Set(items));
      });
      expect(found.length, name).toBeGreaterThan(samples.length / 2);
    }
  });

  it("keeps from recommenders what is held out from others, too", async () => {
    const samples = await fusionSamples(await options());
    const proposed = (name: string) =>
      samples.map(({ sources }) => new Set(sources.find((source) => source.name === name)?.candidates.items));
    // Whoever had these has them held out, so that they are new to all.
    const heldOut = samples.reduce((all, { relevant }) => all.union(relevant), new Set<number>());
    const hidden = proposed("latest").reduce((all, own) => all.intersection(own), heldOut);
    expect(hidden.size).toBeGreaterThan(1);
    for (const name of pipeline.recommenders.slice(0, -1))
      expect(
        proposed(name)
          .reduce((all, own) => all.union(own))
          .isDisjointFrom(hidden),
        name,
      ).toBe(true);
  });

  it("leaves the cache as it is, and asks for no more users than it is told", async () => {
    expect((await fusionSamples(await options({ maxUsers: 7 }))).length).toBe(7);
    const keys = [
      { collection: "item-to-item/similar", name: "i0" },
      { collection: "user-to-user/taste", name: "u0" },
    ];
    expect((await stores.cacheStore.getLists(keys)).lists).toEqual([undefined, undefined]);
  });

  it("holds the same out for the same seed", async () => {
    const relevantOf = async (seed: number) =>
      (await fusionSamples(await options({ seed }))).map(({ relevant }) => [...relevant]);
    expect(await relevantOf(5)).toEqual(await relevantOf(5));
    expect(await relevantOf(6)).not.toEqual(await relevantOf(5));
  });
});
