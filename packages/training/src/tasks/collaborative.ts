import { createHash } from "node:crypto";
import type { CallOptions, Clock, ProgressListener } from "@furze/core";
import { type Dataset, leaveOneOutSplit } from "@furze/dataset";
import { Als, type MatrixFactorizationModel } from "@furze/matrix-factorization";
import { encodeCollaborativeModel } from "@furze/recommend";
import type { BlobStore, CacheStore } from "@furze/storage";
import { factorModel } from "../search/factor-parameters.ts";
import type { StoredModel, TrainingState } from "../training-state.ts";

export interface FitCollaborativeOptions extends CallOptions {
  readonly dataset: Dataset;
  readonly blobStore: BlobStore;
  readonly cacheStore: CacheStore;
  readonly clock: Clock;
  readonly training: {
    /** Epochs at most, > 0. */
    readonly numEpochs: number;
    /** Evaluations without a better score after which the search for the best epoch stops; 0 = never early. */
    readonly patience: number;
  };
  /** Its models stay in the blob store until the next fit, since workers may be fetching them. */
  readonly state: TrainingState;
  readonly onProgress?: ProgressListener | undefined;
}

/**
 * Fits the factor model in two steps: on all but one item of each user, to find the best epoch and its score, and then for so
 * many epochs on everything, so that the model that serves has seen all there is. When a search has found parameters, these are
 * fitted, for the epochs that it found.
 *
 * @throws {InvalidDatasetError} if there is no positive feedback
 */
export async function fitCollaborative(options: FitCollaborativeOptions): Promise<StoredModel> {
  const { dataset, training, signal, clock } = options;
  const { tuned } = options.state;
  const numEpochs = tuned?.numEpochs ?? training.numEpochs;
  const { train, test } = leaveOneOutSplit(dataset.positive);
  const hasTest = test.numEntries > 0;
  const total = numEpochs * (hasTest ? 2 : 1);
  let done = 0;
  const onEpoch = (): void => options.onProgress?.({ done: Math.min(++done, total), total });
  let best: { epoch: number; score: number | undefined } = { epoch: numEpochs, score: undefined };
  if (hasTest) {
    const model = tuned === undefined ? new Als({ numEpochs, patience: training.patience }) : factorModel(tuned);
    using trial = await model.fit(train, { validation: test, signal, onEpoch });
    best = { epoch: tuned?.numEpochs ?? trial.bestEpoch, score: trial.score };
  }
  done = total - best.epoch;
  const model = tuned === undefined ? new Als({ numEpochs: best.epoch }) : factorModel(tuned);
  using final = await model.fit(dataset.positive, { signal, onEpoch });
  const stored = await store(final, best.score, options);
  if (best.score !== undefined) {
    await options.cacheStore.addPoints([{ name: "cf_ndcg", timestampMs: clock.now(), value: best.score }], { signal });
  }
  return stored;
}

async function store(
  factors: MatrixFactorizationModel,
  score: number | undefined,
  { dataset, blobStore, clock, state, signal }: FitCollaborativeOptions,
): Promise<StoredModel> {
  const fittedMs = clock.now();
  const modelId = String(fittedMs);
  const bytes = encodeCollaborativeModel({ modelId, userIds: dataset.userIds, itemIds: dataset.itemIds, factors });
  const blobName = `collaborative-${modelId}.model`;
  await blobStore.put(blobName, bytes, { signal });
  const inUse = new Set([blobName, ...state.models.map((model) => model.blobName)]);
  for (const blob of await blobStore.list({ signal })) {
    if (blob.name.startsWith("collaborative-") && !inUse.has(blob.name)) await blobStore.delete(blob.name, { signal });
  }
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  return { kind: "collaborative", modelId, blobName, sizeBytes: bytes.length, sha256, score, fittedMs };
}
