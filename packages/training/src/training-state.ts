import type { CallOptions } from "@furze/core";
import type { CacheStore } from "@furze/storage";
import type { ClickParameters } from "./search/click-parameters.ts";
import type { FactorParameters } from "./search/factor-parameters.ts";
import type { FusionParameters } from "./search/fusion-parameters.ts";
import type { ModelKindName } from "./training-options.ts";

/** A model file in the blob store. */
export interface StoredModel {
  readonly kind: ModelKindName;
  readonly modelId: string;
  /** Name of the blob. */
  readonly blobName: string;
  readonly sizeBytes: number;
  /** 64 hexadecimal digits. */
  readonly sha256: string;
  /** Quality on held-out feedback: NDCG@10 of a factor model, NDCG@20 of fused recommenders, AUC of a click model; `undefined` when there was too little to hold out. */
  readonly score: number | undefined;
  /** UTC milliseconds. */
  readonly fittedMs: number;
  /** Digest of the data and options that it was fitted on. */
  readonly madeFrom: string;
}

/** What is known from searching for better parameters of one model. */
export interface SearchRecord<Parameters> {
  /** The best parameters; absent when a search has not found any. */
  readonly tuned?: Parameters | undefined;
  /** When the last search ended, UTC milliseconds. */
  readonly searchedMs: number;
}

/** Searches by what the model does; absent before the first. */
export interface SearchRecords {
  readonly collaborative?: SearchRecord<FactorParameters> | undefined;
  readonly click?: SearchRecord<ClickParameters> | undefined;
  readonly fusion?: SearchRecord<FusionParameters> | undefined;
}

/** What the master remembers between cycles and restarts. */
export interface TrainingState {
  /** Digest of the data that the last complete cycle saw; `""` before the first. */
  readonly datasetDigest: string;
  /** Digest of the options it ran under. */
  readonly optionsDigest: string;
  /** Grows with each cycle that stored new lists; 0 before the first. */
  readonly listsVersion: number;
  /** When it finished, UTC milliseconds. */
  readonly finishedMs: number;
  /** When neighbor lists and models were last made, which a cycle over unchanged data does not do, UTC milliseconds. */
  readonly madeMs: number;
  /** Current model of each kind. */
  readonly models: readonly StoredModel[];
  readonly searches: SearchRecords;
}

export const INITIAL_STATE: TrainingState = {
  datasetDigest: "",
  optionsDigest: "",
  listsVersion: 0,
  finishedMs: 0,
  madeMs: 0,
  models: [],
  searches: {},
};

const KEY = "training/state";
const VERSION = 2;

/** Reads the state; an absent one, or one of another version, gives `INITIAL_STATE`. */
export async function loadTrainingState(cache: CacheStore, options: CallOptions = {}): Promise<TrainingState> {
  const [text] = await cache.getValues([KEY], options);
  if (text === undefined) return INITIAL_STATE;
  const { version, state } = JSON.parse(text) as { version: number; state: TrainingState };
  return version === VERSION ? state : INITIAL_STATE;
}

export async function saveTrainingState(cache: CacheStore, state: TrainingState, options: CallOptions = {}): Promise<void> {
  await cache.putValues({ [KEY]: JSON.stringify({ version: VERSION, state }) }, options);
}
