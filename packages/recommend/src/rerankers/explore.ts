import { InvalidArgumentError } from "@furze/core";
import { SeededRandom } from "@furze/dataset";
import type { CandidateGenerator, CandidateRequest, GenerateOptions } from "../candidate-generator.ts";
import type { MergedCandidate } from "../candidate-list.ts";
import { type Candidates, NO_CANDIDATES } from "../candidates.ts";
import type { Reranker } from "../reranker.ts";
import { hashText } from "../text-hash.ts";
import type { UserHistory } from "../user-history.ts";

/** A recommender whose items are mixed in by chance. */
export interface ExploreOptions {
  /** `latest`, `non-personalized/NAME` or any other recommender that is configured. */
  readonly recommender: string;
  /** Share of the places that it gets, in [0, 1]; all shares together are at most 1. */
  readonly probability: number;
}

interface Explorer {
  readonly generator: CandidateGenerator;
  readonly probability: number;
}

/** What one explorer proposes to one user. */
interface Pool {
  readonly name: string;
  readonly modelId: string;
  readonly candidates: Candidates;
}

/**
 * Mixes in items of other recommenders by chance, so that items without feedback get seen at all. Each place is diced for: it goes to
 * the next item of an explorer, with that explorer's probability, or else to the next item of the list, until the list is used
 * up. An item stands at the first place it gets. The dice of a user and a list are always the same, so that pages fit together
 * and a list made again is the same list.
 *
 * Cost: one call of each explorer a batch.
 */
export class ExploreReranker implements Reranker {
  readonly #explorers: readonly Explorer[];
  readonly #listDigest: (history: UserHistory) => string;

  /**
   * @param listDigest identifies a user's list, without the user
   * @throws {InvalidArgumentError} if a probability is outside [0, 1] or they are more than 1 together
   */
  constructor(
    options: readonly ExploreOptions[],
    generator: (name: string) => CandidateGenerator,
    listDigest: (history: UserHistory) => string,
  ) {
    const sum = options.reduce((total, { probability }) => total + probability, 0);
    // Rounding of sums such as 0.7 + 0.2 + 0.1 is no mistake of the caller.
    if (options.some(({ probability }) => !(probability >= 0)) || sum > 1 + 1e-9) {
      throw new InvalidArgumentError(
        "explore",
        `probabilities must be between 0 and 1 and at most 1 together, got ${sum} together`,
      );
    }
    this.#explorers = options.map(({ recommender, probability }) => ({ generator: generator(recommender), probability }));
    this.#listDigest = listDigest;
  }

  async rerank(
    lists: readonly (readonly MergedCandidate[])[],
    requests: readonly CandidateRequest[],
    options: GenerateOptions,
  ): Promise<MergedCandidate[][]> {
    const pools: Pool[][] = requests.map(() => []);
    for (const { generator } of this.#explorers) {
      const { candidates, modelId } = await generator.generate(requests, options);
      for (const [position, list] of pools.entries()) {
        list.push({ name: generator.name, modelId, candidates: candidates[position] ?? NO_CANDIDATES });
      }
    }
    return requests.map(({ history }, position) => {
      const random = new SeededRandom(hashText(`${this.#listDigest(history)}/${history.userId}`));
      return this.#walk(lists[position] ?? [], pools[position] ?? [], random, options.limit);
    });
  }

  #walk(list: readonly MergedCandidate[], pools: readonly Pool[], random: SeededRandom, limit: number): MergedCandidate[] {
    const ranked = new Map(list.map((candidate) => [candidate.index, candidate]));
    const placed = new Map<number, MergedCandidate>();
    const cursors = pools.map(() => 0);
    let own = 0;
    while (placed.size < limit && own < list.length) {
      const drawn = this.#draw(random);
      const pool = pools[drawn];
      if (pool !== undefined) {
        const { items } = pool.candidates;
        let place = cursors[drawn] as number;
        while (place < items.length && placed.has(items[place] as number)) place++;
        cursors[drawn] = place + 1;
        const index = items[place];
        if (index !== undefined) {
          placed.set(index, explored(pool, place, ranked.get(index)));
          continue;
        }
      }
      while (own < list.length && placed.has((list[own] as MergedCandidate).index)) own++;
      const next = list[own++];
      if (next !== undefined) placed.set(next.index, next);
    }
    return [...placed.values()];
  }

  /** Which explorer gets the next place; -1 = the list itself. */
  #draw(random: SeededRandom): number {
    let rest = random.next();
    for (const [position, { probability }] of this.#explorers.entries()) {
      if (rest < probability) return position;
      rest -= probability;
    }
    return -1;
  }
}

function explored({ name, modelId, candidates }: Pool, place: number, ranked: MergedCandidate | undefined): MergedCandidate {
  const others = ranked?.sources.filter((source) => source !== name) ?? [];
  const index = candidates.items[place] as number;
  return { index, score: candidates.scores[place] as number, sources: [name, ...others], modelId };
}
