import type { CacheStore } from "@furze/storage";
import type { CandidateGenerator, CandidateRequest, GeneratedCandidates, GenerateOptions } from "../candidate-generator.ts";
import { type Candidates, NO_CANDIDATES } from "../candidates.ts";
import type { ItemSpace } from "../item-space.ts";
import { collections } from "../pipeline-options.ts";

/** Items of a leaderboard, the same for everybody but for what each has seen. */
export class NonPersonalizedGenerator implements CandidateGenerator {
  readonly name: string;
  readonly #collection: string;
  readonly #cache: Pick<CacheStore, "getLists">;
  readonly #space: ItemSpace;

  constructor(name: string, cache: Pick<CacheStore, "getLists">, space: ItemSpace) {
    this.name = `non-personalized/${name}`;
    this.#collection = collections.nonPersonalized(name);
    this.#cache = cache;
    this.#space = space;
  }

  async generate(requests: readonly CandidateRequest[], options: GenerateOptions): Promise<GeneratedCandidates> {
    const categories = [...new Set(requests.map(({ filter }) => filter.categories[0] ?? ""))];
    const boards = await this.#boards(categories, options);
    const candidates = requests.map((request) => {
      const board = boards.get(request.filter.categories[0] ?? "") ?? NO_CANDIDATES;
      return this.#pick(board, request, options.limit);
    });
    return { candidates, modelId: "" };
  }

  async #boards(categories: readonly string[], options: GenerateOptions): Promise<ReadonlyMap<string, Candidates>> {
    const keys = categories.map((name) => ({ collection: this.#collection, name }));
    const { lists } = await this.#cache.getLists(keys, options);
    const boards = new Map<string, Candidates>();
    for (const [position, category] of categories.entries()) {
      const entries = lists[position]?.entries ?? [];
      const items = Int32Array.from(entries, (entry) => this.#space.indexOf(entry.id));
      await this.#space.ensure(items, options);
      boards.set(category, { items, scores: Float32Array.from(entries, (entry) => entry.score) });
    }
    return boards;
  }

  #pick(board: Candidates, request: CandidateRequest, limit: number): Candidates {
    const items = new Int32Array(Math.min(limit, board.items.length));
    const scores = new Float32Array(items.length);
    let count = 0;
    for (let place = 0; place < board.items.length && count < items.length; place++) {
      const index = board.items[place] as number;
      if (!this.#space.admits(index, request.filter)) continue;
      items[count] = index;
      scores[count++] = board.scores[place] as number;
    }
    return { items: items.subarray(0, count), scores: scores.subarray(0, count) };
  }
}
