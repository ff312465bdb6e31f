import type { CallOptions, Logger, ProgressListener } from "@furze/core";
import { loadDataset } from "@furze/dataset";
import { LabelValues } from "@furze/factorization-machine";
import type { PipelineOptions } from "@furze/recommend";
import type { DataStore } from "@furze/storage";
import type { TrainingData } from "./click-samples.ts";
import { neighborColumns } from "./columns.ts";

/** Few enough that a batch is gone before the garbage collector moves it among what lives long: a sixth less memory at the peak. */
const SCAN_BATCH_ROWS = 2000;

export interface LoadDataOptions extends CallOptions {
  readonly dataStore: DataStore;
  readonly pipeline: PipelineOptions;
  readonly nowMs: number;
  readonly onProgress?: ProgressListener | undefined;
  /** Hears of columns that cannot be read. Default: nobody does. */
  readonly logger?: Logger | undefined;
}

/**
 * Loads what training works on: feedback that plays a role and is neither too old nor of the future, items that have not expired.
 * Numbers and embeddings in the labels are kept only when there is a ranker that looks at them.
 *
 * @throws {ExpressionError} if the column of a neighbor recommender does not compile
 */
export async function loadData(options: LoadDataOptions): Promise<TrainingData> {
  const { dataStore, pipeline, nowMs, signal, onProgress, logger } = options;
  const { roles, feedbackTtlMs, itemTtlMs, clockErrorMs } = pipeline;
  const counts = await Promise.all([dataStore.users.count(), dataStore.items.count(), dataStore.feedback.count()]);
  const since = (ttlMs: number | undefined) => (ttlMs === undefined ? undefined : nowMs - ttlMs);
  const labels = pipeline.ranker?.type === "fm" ? new LabelValues() : undefined;
  const scan = { batchSize: SCAN_BATCH_ROWS, signal };
  const users = dataStore.users.scan(scan);
  const items = dataStore.items.scan(scan);
  const dataset = await loadDataset({
    users: labels?.users(users) ?? users,
    items: labels?.items(items) ?? items,
    feedback: dataStore.feedback.scan({
      order: "user",
      expressions: [...roles.positive, ...roles.negative, ...roles.read],
      untilMs: nowMs + clockErrorMs,
      sinceMs: since(feedbackTtlMs),
      ...scan,
    }),
    roles,
    itemSinceMs: since(itemTtlMs),
    ...neighborColumns(pipeline, nowMs, logger),
    expectedRows: counts.reduce((sum, count) => sum + count, 0),
    signal,
    onProgress,
  });
  return { dataset, labels };
}
