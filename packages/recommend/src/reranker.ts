import type { CandidateRequest, GenerateOptions } from "./candidate-generator.ts";
import type { MergedCandidate } from "./candidate-list.ts";

/** Later stage of the pipeline: changes the merged lists of a batch of users. Stages run in the order of the pipeline. */
export interface Reranker {
  /**
   * @param lists one a request, aligned, best first
   * @returns one a request, aligned, best first, each item once, at most `options.limit` items each
   */
  rerank(
    lists: readonly (readonly MergedCandidate[])[],
    requests: readonly CandidateRequest[],
    options: GenerateOptions,
  ): Promise<MergedCandidate[][]>;
}
