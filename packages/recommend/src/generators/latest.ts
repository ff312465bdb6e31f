import type { ItemStore } from "@furze/storage";
import type { CandidateGenerator, CandidateRequest, GeneratedCandidates, GenerateOptions } from "../candidate-generator.ts";
import type { Candidates } from "../candidates.ts";
import type { ItemSpace } from "../item-space.ts";

/** Newest items first; the score is the item's time in unix seconds. */
export class LatestGenerator implements CandidateGenerator {
  readonly name = "latest";
  readonly #items: ItemStore;
  readonly #space: ItemSpace;

  constructor(items: ItemStore, space: ItemSpace) {
    this.#items = items;
    this.#space = space;
  }

  async generate(requests: readonly CandidateRequest[], options: GenerateOptions): Promise<GeneratedCandidates> {
    // Users of a batch differ in what they have seen, not in what is new: one query serves all who ask for the same categories.
    const groups = Map.groupBy(requests, ({ filter }) => JSON.stringify([filter.categories, filter.sinceMs ?? null]));
    const byRequest = new Map<CandidateRequest, Candidates>();
    for (const group of groups.values()) {
      const rows = await this.#newest(group, options);
      for (const request of group) byRequest.set(request, this.#pick(rows, request, options.limit));
    }
    return { candidates: requests.map((request) => byRequest.get(request) as Candidates), modelId: "" };
  }

  async #newest(group: readonly CandidateRequest[], options: GenerateOptions): Promise<readonly number[]> {
    const filter = group[0]?.filter;
    const mostExcluded = Math.max(...group.map((request) => request.filter.excluded.size));
    const items = await this.#items.latest({
      limit: options.limit + mostExcluded,
      categories: filter?.categories,
      sinceMs: filter?.sinceMs,
      signal: options.signal,
    });
    for (const item of items) this.#space.put(item);
    return items.map((item) => this.#space.indexOf(item.itemId));
  }

  #pick(rows: readonly number[], request: CandidateRequest, limit: number): Candidates {
    const items = new Int32Array(Math.min(limit, rows.length));
    const scores = new Float32Array(items.length);
    let count = 0;
    for (const index of rows) {
      if (count === items.length) break;
      if (request.filter.excluded.has(index)) continue;
      items[count] = index;
      scores[count++] = Math.floor(this.#space.timestampMsOf(index) / 1000);
    }
    return { items: items.subarray(0, count), scores: scores.subarray(0, count) };
  }
}
