export type { CandidateGenerator, CandidateRequest, GeneratedCandidates, GenerateOptions } from "./candidate-generator.ts";
export { type CandidateList, candidatesIn, listOfCandidates, type MergedCandidate } from "./candidate-list.ts";
export { type Candidates, NO_CANDIDATES, ScoreAccumulator } from "./candidates.ts";
export { type FusionWeights, fuseCandidates } from "./fusion.ts";
export { ItemEditor, type ItemEditorOptions } from "./item-editor.ts";
export { ItemSet } from "./item-set.ts";
export { type ItemFilter, ItemSpace } from "./item-space.ts";
export { ListMaker, type ListMakerOptions, type MakeListsOptions, type MakeListsResult } from "./list-maker.ts";
export { type ListInputs, ListScheduler, type ListSchedulerOptions } from "./list-scheduler.ts";
export { type PromptPreviewDependencies, previewPrompt } from "./llm/prompt-preview.ts";
export { PromptTemplate } from "./llm/prompt-template.ts";
export { type DocumentReranker, type RankedDocument, RerankerClient, type RerankerOptions } from "./llm/reranker-client.ts";
export { RerankerError } from "./llm/reranker-error.ts";
export { type CandidateSource, mergeCandidates } from "./merge.ts";
export { type ClickModel, decodeClickModel, encodeClickModel } from "./models/click-model.ts";
export {
  type CollaborativeModel,
  decodeCollaborativeModel,
  encodeCollaborativeModel,
} from "./models/collaborative-model.ts";
export { decodeFusionModel, encodeFusionModel, type FusionModel } from "./models/fusion-model.ts";
export { type ModelFileRef, ModelHolder, type ModelHolderOptions, type ModelLease } from "./models/model-holder.ts";
export type { HeldModel, ModelKind } from "./models/model-kind.ts";
export { type ModelRefOfKind, ModelSet } from "./models/model-set.ts";
export { Pipeline, type PipelineDependencies } from "./pipeline.ts";
export {
  collections,
  digestOf,
  type EnsembleModelOptions,
  type FmRankerOptions,
  type FusionRankerOptions,
  type ItemNeighborType,
  type LeaderboardOptions,
  type LlmRankerOptions,
  type NeighborOptions,
  type PipelineOptions,
  pipelineDigest,
  type RankerOptions,
  type UserNeighborType,
} from "./pipeline-options.ts";
export type { Ranker } from "./ranker.ts";
export { ClickRanker, type ClickRankerOptions } from "./rankers/click-ranker.ts";
export type { ListAnswer, Recommendation, RecommendQuery, SimilarUser } from "./recommendation.ts";
export { Recommender, type RecommenderOptions } from "./recommender.ts";
export type { RecommenderService } from "./recommender-service.ts";
export type { Reranker } from "./reranker.ts";
export { type DiversityOptions, DiversityReranker } from "./rerankers/diversity.ts";
export { type ExploreOptions, ExploreReranker } from "./rerankers/explore.ts";
export { type ReplacementOptions, ReplacementReranker } from "./rerankers/replacement.ts";
export type { ExternalOptions } from "./scripts/external-options.ts";
export { ExternalScriptError, type ScriptFailure } from "./scripts/script-error.ts";
export { ScriptRunner } from "./scripts/script-runner.ts";
export { type HistorySource, UserHistories } from "./user-histories.ts";
export type { UserHistory } from "./user-history.ts";
