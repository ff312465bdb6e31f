import type { CandidateRequest, GenerateOptions } from "./candidate-generator.ts";
import type { CandidateList, MergedCandidate } from "./candidate-list.ts";

/**
 * Stage between merging and the rerankers: puts all candidates of each user into one order, whoever proposed them.
 * It may give them scores of its own. A pipeline has one ranker or none.
 */
export interface Ranker {
  /** Identifies what it ranks by: a list ranked by something else is stale. `""` = nothing yet, lists stay as they were merged. */
  readonly modelId: string;
  /**
   * @param lists all candidates, one list a request, aligned, in merge order
   * @returns one list a request, aligned, best first, each item once, at most `options.limit` items each
   */
  rank(
    lists: readonly CandidateList[],
    requests: readonly CandidateRequest[],
    options: GenerateOptions,
  ): Promise<MergedCandidate[][]>;
}
