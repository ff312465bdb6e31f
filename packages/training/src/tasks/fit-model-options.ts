import type { CallOptions, Clock, ProgressListener } from "@furze/core";
import type { BlobStore, CacheStore } from "@furze/storage";
import type { ModelTrainingOptions } from "../training-options.ts";
import type { TrainingState } from "../training-state.ts";

/** What the fits of all models need. */
export interface FitModelOptions extends CallOptions {
  readonly blobStore: BlobStore;
  readonly cacheStore: CacheStore;
  readonly clock: Clock;
  readonly training: Pick<ModelTrainingOptions, "numEpochs" | "patience">;
  /** What the last cycle left. */
  readonly state: TrainingState;
  /** Id for the new model, unique among all models. */
  readonly modelId: string;
  /** Digest of the data and options that it is fitted on. */
  readonly madeFrom: string;
  readonly onProgress?: ProgressListener | undefined;
}
