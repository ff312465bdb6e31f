import { createHash } from "node:crypto";
import type { FeedbackRoles } from "@furze/core";
import type { FusionWeights } from "./fusion.ts";
import type { RerankerOptions } from "./llm/reranker-client.ts";
import type { DiversityOptions } from "./rerankers/diversity.ts";
import type { ExploreOptions } from "./rerankers/explore.ts";
import type { ReplacementOptions } from "./rerankers/replacement.ts";
import type { ExternalOptions } from "./scripts/external-options.ts";

/** A leaderboard: items ordered by a score expression over the item and its positive feedback. */
export interface LeaderboardOptions {
  readonly name: string;
  /** Expression of type number, such as `count(feedback, .FeedbackType == 'star')`. */
  readonly score: string;
  /** Expression of type boolean that an item must meet; `""` admits every item. */
  readonly filter: string;
}

/** `linear`: not how alike items are but what one says for another, by a linear model of who likes what; for up to 20,000 items. */
export type ItemNeighborType = "tags" | "users" | "auto" | "embedding" | "linear";
export type UserNeighborType = "tags" | "items" | "auto" | "embedding";

export interface NeighborOptions<Type> {
  readonly name: string;
  readonly type: Type;
  /** Expression that selects the labels of `tags` and `auto`, `""` = all labels, or the vector of `embedding`, such as `item.Labels.embedding`. */
  readonly column: string;
}

/** A factor model beside the main one: it errs elsewhere, so that fusion of both is better than either. */
export interface EnsembleModelOptions {
  /** Its recommender is `collaborative/NAME`. */
  readonly name: string;
  readonly type: "als" | "bpr";
  /** Length of its factors, 1 to 1024. */
  readonly numFactors: number;
  /**
   * How much less what is common counts, 0 to 1: what a user likes counts (number of his likes * number of likes of the item) ** -debiasing.
   * Default 0: all the same.
   */
  readonly debiasing?: number | undefined;
}

/** Puts candidates into order by a factorization machine: the odds that a user likes an item, from ids and labels of both. */
export interface FmRankerOptions {
  readonly type: "fm";
}

/** Puts candidates into order by what a language model holds relevant to a query about the user. */
export interface LlmRankerOptions {
  readonly type: "llm";
  /** Jinja template over `user` and `feedback`, the items that he likes, newest first. */
  readonly queryTemplate: string;
  /** Jinja template over `item`. */
  readonly documentTemplate: string;
  readonly api: RerankerOptions;
}

/** Puts candidates into order by the weighted sum of what all recommenders say about them. */
export interface FusionRankerOptions {
  readonly type: "fusion";
  /** Weights by recommender until a search has found better ones. Default: all count the same. */
  readonly weights?: FusionWeights | undefined;
  /** Whether weights that a search has found take the place of these. Default true. */
  readonly isTuned?: boolean | undefined;
}

/** What puts merged candidates into one order. */
export type RankerOptions = FmRankerOptions | LlmRankerOptions | FusionRankerOptions;

/** Everything that shapes the lists of the pipeline. */
export interface PipelineOptions {
  readonly roles: FeedbackRoles;
  /** Length of every list, > 0. */
  readonly cacheSize: number;
  /** How many of a user's newest positive items online and session recommendation look at, > 0. */
  readonly contextSize: number;
  /** Longest life of a list, milliseconds. */
  readonly listTtlMs: number;
  /** Age from which a user's list is made anew though nothing has changed, milliseconds; half its life at the latest. */
  readonly refreshMs: number;
  /** Items older than this are never recommended; `undefined` = no bound. */
  readonly itemTtlMs: number | undefined;
  /** Feedback older than this plays no role; `undefined` = no bound. */
  readonly feedbackTtlMs: number | undefined;
  /** Users without feedback for so long get no lists made; `undefined` = all users do. */
  readonly activeUserTtlMs: number | undefined;
  /** How far clocks of clients may run ahead: feedback at most so far in the future is visible. */
  readonly clockErrorMs: number;
  readonly leaderboards: readonly LeaderboardOptions[];
  readonly itemToItem: readonly NeighborOptions<ItemNeighborType>[];
  readonly userToUser: readonly NeighborOptions<UserNeighborType>[];
  /** Whether a factor model is trained and used. */
  readonly collaborative: boolean;
  /** Factor models that are fitted beside the main one, if there is that. Default: none. */
  readonly ensemble?: readonly EnsembleModelOptions[] | undefined;
  /** Recommenders merged into each user's list, in this order: `latest`, `collaborative`, `non-personalized/NAME`, ... */
  readonly recommenders: readonly string[];
  /** Puts the merged candidates into one order. Default: they stay in merge order. */
  readonly ranker?: RankerOptions | undefined;
  /** Scripts that recommend as `external/NAME`. Default: none. */
  readonly external?: readonly ExternalOptions[] | undefined;
  /** Lets items come back that a user has seen. Default: they do not. */
  readonly replacement?: ReplacementOptions | undefined;
  /** Recommenders whose items are mixed in by chance. Default: none. */
  readonly explore?: readonly ExploreOptions[] | undefined;
  /** Spreads items that are alike. Default: lists stay as they are ranked. */
  readonly diversity?: DiversityOptions | undefined;
  /** Recommenders that fill an answer when the list is too short, in this order. */
  readonly fallback: readonly string[];
}

/** SHA-256, in hex, of the options that shape lists: a list with another digest is stale. */
export function pipelineDigest(options: PipelineOptions): string {
  const {
    fallback: _fallback,
    contextSize: _contextSize,
    activeUserTtlMs: _activeUserTtlMs,
    refreshMs: _refreshMs,
    ranker,
    ...shaping
  } = options;
  return digestOf({ ...shaping, ranker: ranker?.type === "llm" ? shapeOfLlm(ranker) : ranker });
}

/** Neither the token nor how requests are sent shapes a list. */
function shapeOfLlm({ api: { url, model }, ...templates }: LlmRankerOptions): object {
  return { ...templates, url, model };
}

/** SHA-256, in hex, of a JSON value with its keys in the order given. */
export function digestOf(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex");
}

/** Collections of the cache store; the name inside is a category, an item id or a user id. */
export const collections = {
  recommend: "recommend",
  nonPersonalized: (name: string): string => `non-personalized/${name}`,
  itemToItem: (name: string): string => `item-to-item/${name}`,
  userToUser: (name: string): string => `user-to-user/${name}`,
} as const;
