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
    const places: number[] = [];
    for (const [place, index] of board.items.entries()) {
      if (places.length === limit) break;
      if (this.#space.admits(index, request.filter)) places.push(place);
    }
    return {
      items: Int32Array.from(places, (place) => board.items[place] as number),
      scores: Float32Array.from(places, (place) => board.scores[place] as number),
    };
  }
}
