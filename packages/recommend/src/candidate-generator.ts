import type { CallOptions } from "@furze/core";
import type { Candidates } from "./candidates.ts";
import type { ItemFilter } from "./item-space.ts";
import type { UserHistory } from "./user-history.ts";

/** One user of a batch, with what his candidates must meet. */
export interface CandidateRequest {
  readonly history: UserHistory;
  readonly filter: ItemFilter;
}

export interface GenerateOptions extends CallOptions {
  /** Most candidates a user gets, > 0. */
  readonly limit: number;
  /** Look only at so many of the newest positive items of a user; absent = all. */
  readonly contextSize?: number | undefined;
  /** Told the position of each request whose list lacks something, because it failed: the list should be made again soon. */
  readonly onIncomplete?: ((position: number) => void) | undefined;
}

export interface GeneratedCandidates {
  /** Aligned with the requests; every item meets its request's filter. */
  readonly candidates: readonly Candidates[];
  /** Model behind the scores; `""` when none. */
  readonly modelId: string;
}

/** First stage of the pipeline: proposes items to a batch of users. */
export interface CandidateGenerator {
  /** Name in the configuration: `latest`, `collaborative`, `item-to-item/NAME`, ... */
  readonly name: string;
  generate(requests: readonly CandidateRequest[], options: GenerateOptions): Promise<GeneratedCandidates>;
}
