import type { CallOptions } from "@furze/core";
import type { CacheStore } from "@furze/storage";
import type { FactorParameters } from "./search/factor-parameters.ts";

/** A model file in the blob store. */
export interface StoredModel {
  /** What the model does, such as `collaborative`. */
  readonly kind: string;
  readonly modelId: string;
  /** Name of the blob. */
  readonly blobName: string;
  readonly sizeBytes: number;
  /** 64 hexadecimal digits. */
  readonly sha256: string;
  /** NDCG@10 on held-out feedback; `undefined` when there was too little to hold out. */
  readonly score: number | undefined;
  /** UTC milliseconds. */
  readonly fittedMs: number;
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
  /** Parameters that a search has found best for the factor model; absent before the first search. */
  readonly tuned?: FactorParameters | undefined;
  /** When the last search ended, UTC milliseconds; absent before the first. */
  readonly searchedMs?: number | undefined;
}

export const INITIAL_STATE: TrainingState = {
  datasetDigest: "",
  optionsDigest: "",
  listsVersion: 0,
  finishedMs: 0,
  madeMs: 0,
  models: [],
};

const KEY = "training/state";
const VERSION = 1;

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
