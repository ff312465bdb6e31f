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
  const merged = new Map<number, { readonly source: number; readonly score: number; proposers: number }>();
  for (const [source, { candidates }] of sources.entries()) {
    const bit = 2 ** source;
    for (const [place, index] of candidates.items.entries()) {
      const known = merged.get(index);
      if (known !== undefined) known.proposers += bit;
      else if (merged.size < limit) merged.set(index, { source, score: candidates.scores[place] as number, proposers: bit });
    }
  }
  // Few combinations of proposers serve all items, and readers and encoders profit from shared arrays.
  const names = new Map<number, readonly string[]>();
  return Array.from(merged, ([index, { source, score, proposers }]) => {
    const known = names.get(proposers) ?? namesOf(sources, proposers);
    names.set(proposers, known);
    return { index, score, sources: known, modelId: sources[source]?.modelId ?? "" };
  });
}

/** Names of the sources whose bits are set; exact for up to 53 sources. */
function namesOf(sources: readonly CandidateSource[], proposers: number): readonly string[] {
  return sources.filter((_, source) => Math.floor(proposers / 2 ** source) % 2 === 1).map(({ name }) => name);
}
