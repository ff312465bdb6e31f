import type { Candidates } from "./candidates.ts";

/** One item of a merged list. */
export interface MergedCandidate {
  readonly index: number;
  /** Score by the first generator that proposed the item. */
  readonly score: number;
  /** Names of all generators that proposed it, in merge order. */
  readonly sources: readonly string[];
  readonly modelId: string;
}

/** What one generator proposes to one user. */
export interface CandidateSource {
  readonly name: string;
  readonly modelId: string;
  readonly candidates: Candidates;
}

/**
 * Joins candidates in the order of the generators: scores of different generators do not compare, so the first one's items
 * lead, the next one's new items follow, and so on.
 *
 * @returns at most `limit` items, each once
 */
export function mergeCandidates(sources: readonly CandidateSource[], limit: number): MergedCandidate[] {
  const merged = new Map<number, { index: number; score: number; sources: string[]; modelId: string }>();
  for (const { name, modelId, candidates } of sources) {
    for (const [place, index] of candidates.items.entries()) {
      const known = merged.get(index);
      if (known !== undefined) known.sources.push(name);
      else if (merged.size < limit) {
        merged.set(index, { index, score: candidates.scores[place] as number, sources: [name], modelId });
      }
    }
  }
  return [...merged.values()];
}
