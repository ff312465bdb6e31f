import type { MergedCandidate } from "./candidate-list.ts";
import type { Candidates } from "./candidates.ts";
import type { CandidateSource } from "./merge.ts";

/** How much each recommender counts, by its name, >= 0. One that is absent counts 1. */
export type FusionWeights = Readonly<Record<string, number>>;

/** What a recommender's list says about the items in it, and about all others. */
interface StandardScores {
  /** Parallel to the candidates; mean 0, standard deviation 1. */
  readonly scores: Float64Array;
  /** Of items that are not in the list: they are worth no more than its last. */
  readonly rest: number;
}

interface FusedItem {
  readonly index: number;
  score: number;
  /** Places in the sources' order of those who propose it. */
  readonly proposers: number[];
}

/**
 * Joins candidates by the weighted sum of their standardized scores. Each list is brought to mean 0 and standard deviation 1 first, so that
 * it does not matter in what unit a recommender scores; an item that a list lacks counts like its last. Lists whose scores
 * are all the same, as those of scripts are, count by their order. A recommender of weight 0 takes no part, one without candidates neither.
 *
 * @returns at most `limit` items, each once, best first; of equal ones the lower index comes first
 * Cost: O(c log c) for c candidates in all.
 */
export function fuseCandidates(sources: readonly CandidateSource[], weights: FusionWeights, limit: number): MergedCandidate[] {
  const taking = sources.flatMap((source) => {
    const weight = weights[source.name] ?? 1;
    const takesPart = weight > 0 && source.candidates.items.length > 0;
    return takesPart ? [{ ...source, weight, standard: standardized(source.candidates) }] : [];
  });
  const fused = new Map<number, FusedItem>();
  const base = taking.reduce((sum, { weight, standard }) => sum + weight * standard.rest, 0);
  for (const [place, { weight, candidates, standard }] of taking.entries()) {
    for (let at = 0; at < candidates.items.length; at++) {
      const index = candidates.items[at] as number;
      const item = fused.get(index) ?? { index, score: base, proposers: [] };
      // A list that names an item twice counts its better place.
      if (item.proposers.at(-1) === place) continue;
      item.score += weight * ((standard.scores[at] as number) - standard.rest);
      item.proposers.push(place);
      fused.set(index, item);
    }
  }
  const best = [...fused.values()].sort((a, b) => b.score - a.score || a.index - b.index).slice(0, limit);
  return best.map(({ index, score, proposers }) => ({
    index,
    score,
    sources: proposers.map((place) => taking[place]?.name ?? ""),
    modelId: proposers.map((place) => taking[place]?.modelId ?? "").find((modelId) => modelId !== "") ?? "",
  }));
}

function standardized({ items, scores }: Candidates): StandardScores {
  const isFlat = scores.every((score) => score === scores[0]);
  const standard = Float64Array.from(items, (_, at) => (isFlat ? items.length - at : (scores[at] as number)));
  const mean = standard.reduce((sum, score) => sum + score, 0) / standard.length;
  const variance = standard.reduce((sum, score) => sum + (score - mean) ** 2, 0) / standard.length;
  const deviation = Math.sqrt(variance) || 1;
  let rest = Number.POSITIVE_INFINITY;
  for (let at = 0; at < standard.length; at++) {
    standard[at] = ((standard[at] as number) - mean) / deviation;
    rest = Math.min(rest, standard[at] as number);
  }
  return { scores: standard, rest };
}
