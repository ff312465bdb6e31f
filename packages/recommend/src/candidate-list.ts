/** One item of a merged list. */
export interface MergedCandidate {
  readonly index: number;
  /** Score by the first generator that proposed the item, until a ranker gives it another. */
  readonly score: number;
  /** Names of all generators that proposed it, in merge order. */
  readonly sources: readonly string[];
  readonly modelId: string;
}

/** All candidates of one user in their order. Of most of them nothing is wanted but the item, so the rest is made when it is asked for. */
export interface CandidateList {
  /** Indices of the items, each once. */
  readonly items: Int32Array;
  /** @param place in `items`, which must exist */
  at(place: number): MergedCandidate;
}

/** The first `limit` candidates. Default: all. */
export function candidatesIn(list: CandidateList, limit: number = list.items.length): MergedCandidate[] {
  return Array.from({ length: Math.min(limit, list.items.length) }, (_, place) => list.at(place));
}

/** Candidates that are there already. */
export function listOfCandidates(candidates: readonly MergedCandidate[]): CandidateList {
  const items = Int32Array.from(candidates, ({ index }) => index);
  return { items, at: (place) => candidates[place] as MergedCandidate };
}
