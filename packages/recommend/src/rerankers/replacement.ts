import { InvalidArgumentError } from "@furze/core";
import type { CandidateRequest, GenerateOptions } from "../candidate-generator.ts";
import type { MergedCandidate } from "../candidate-list.ts";
import type { ItemSpace } from "../item-space.ts";
import type { Reranker } from "../reranker.ts";
import type { UserHistory } from "../user-history.ts";

export interface ReplacementOptions {
  /** What the place of an item that the user likes is worth in comparison to a new item's, in (0, 1]. */
  readonly positiveDecay: number;
  /** The same for items that he has seen without liking them, in (0, 1]. */
  readonly readDecay: number;
}

/** Source of items that no recommender proposed. */
const SOURCES: readonly string[] = ["replacement"];

/**
 * Lets items come back that the user has seen, further down than they would stand. Items he dislikes never do.
 *
 * Places decay, not scores: scores of different recommenders do not compare, and a negative one times 0.8 would rise. Place
 * `r` (from 0) of `n` is worth `1 - r / n`, times the decay if the user knows the item; the list is sorted by worth, and of equal
 * ones the less decayed comes first. So with a decay of 0.8 a list's first item sinks by a fifth of the list, and no item ever
 * passes one that decays less.
 *
 * Cost: O(n * log n) a user.
 */
export class ReplacementReranker implements Reranker {
  readonly #options: ReplacementOptions;
  readonly #space: ItemSpace;

  /** @throws {InvalidArgumentError} if a decay is outside (0, 1] */
  constructor(options: ReplacementOptions, space: ItemSpace) {
    for (const name of ["positiveDecay", "readDecay"] as const) {
      const decay = options[name];
      if (!(decay > 0 && decay <= 1))
        throw new InvalidArgumentError(name, `${name} must be above 0 and at most 1, got ${decay}`);
    }
    this.#options = options;
    this.#space = space;
  }

  async rerank(
    lists: readonly (readonly MergedCandidate[])[],
    requests: readonly CandidateRequest[],
    options: GenerateOptions,
  ): Promise<MergedCandidate[][]> {
    const seen = new Set<number>();
    for (const { history } of requests) for (const index of history.seen) seen.add(index);
    await this.#space.ensure(seen, options);
    return requests.map((request, position) => {
      const candidates = this.#filled(lists[position] ?? [], request, options.limit);
      return this.#decayed(candidates, request.history).slice(0, options.limit);
    });
  }

  /** While there is room, what no recommender proposed follows: liked items, newest first, then the other seen ones. */
  #filled(list: readonly MergedCandidate[], { history, filter }: CandidateRequest, limit: number): readonly MergedCandidate[] {
    if (list.length >= limit) return list;
    const filled = [...list];
    const taken = new Set(list.map(({ index }) => index));
    const readmitted = { ...filter, excluded: history.negatives };
    for (const index of [...history.positives, ...history.seen]) {
      if (filled.length === limit) break;
      if (taken.has(index) || !this.#space.admits(index, readmitted)) continue;
      taken.add(index);
      filled.push({ index, score: 0, sources: SOURCES, modelId: "" });
    }
    return filled;
  }

  #decayed(list: readonly MergedCandidate[], history: UserHistory): MergedCandidate[] {
    const { positiveDecay, readDecay } = this.#options;
    const positives = new Set(history.positives);
    const decayOf = (index: number): number => {
      if (positives.has(index)) return positiveDecay;
      return history.seen.has(index) ? readDecay : 1;
    };
    return list
      .map((candidate, place) => {
        const decay = decayOf(candidate.index);
        return { candidate, decay, worth: (1 - place / list.length) * decay };
      })
      .sort((a, b) => b.worth - a.worth || b.decay - a.decay)
      .map(({ candidate }) => candidate);
  }
}

/** The same users, with what they have seen admitted but for what they dislike. */
export function readmitting(requests: readonly CandidateRequest[]): CandidateRequest[] {
  return requests.map(({ history, filter }) => ({ history, filter: { ...filter, excluded: history.negatives } }));
}

/**
 * Candidates among which the known items stand where they belong, followed by new ones: however many items a user knows, a full
 * list of new ones is at hand to take the places of those that sink.
 */
export function withNewItems(list: readonly MergedCandidate[], newItems: readonly MergedCandidate[]): MergedCandidate[] {
  const taken = new Set(list.map(({ index }) => index));
  return [...list, ...newItems.filter(({ index }) => !taken.has(index))];
}
