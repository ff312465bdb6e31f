import type { CallOptions, ProgressListener } from "@furze/core";
import { type Dataset, loadDataset } from "@furze/dataset";
import type { PipelineOptions } from "@furze/recommend";
import type { DataStore } from "@furze/storage";
import { neighborColumns } from "./columns.ts";

export interface LoadDataOptions extends CallOptions {
  readonly dataStore: DataStore;
  readonly pipeline: PipelineOptions;
  readonly nowMs: number;
  readonly onProgress?: ProgressListener | undefined;
}

/**
 * Loads what training works on: feedback that plays a role and is neither too old nor of the future, items that have not expired.
 *
 * @throws {ExpressionError} if the column of a neighbor recommender does not compile
 */
export async function loadData({ dataStore, pipeline, nowMs, signal, onProgress }: LoadDataOptions): Promise<Dataset> {
  const { roles, feedbackTtlMs, itemTtlMs, clockErrorMs } = pipeline;
  const counts = await Promise.all([dataStore.users.count(), dataStore.items.count(), dataStore.feedback.count()]);
  const since = (ttlMs: number | undefined) => (ttlMs === undefined ? undefined : nowMs - ttlMs);
  return loadDataset({
    users: dataStore.users.scan({ signal }),
    items: dataStore.items.scan({ signal }),
    feedback: dataStore.feedback.scan({
      order: "user",
      expressions: [...roles.positive, ...roles.negative, ...roles.read],
      untilMs: nowMs + clockErrorMs,
      sinceMs: since(feedbackTtlMs),
      signal,
    }),
    roles,
    itemSinceMs: since(itemTtlMs),
    ...neighborColumns(pipeline, nowMs),
    expectedRows: counts.reduce((sum, count) => sum + count, 0),
    signal,
    onProgress,
  });
}
