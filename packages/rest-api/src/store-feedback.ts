import type { Feedback } from "@furze/core";
import type { FeedbackWriteOptions } from "@furze/storage";
import type { ApiContext } from "./options.ts";

/** Stores rows and tells the listener. @returns number of rows accepted */
export async function storeFeedback(
  { dataStore, logger, onFeedback }: ApiContext,
  rows: readonly Feedback[],
  options: FeedbackWriteOptions,
): Promise<number> {
  if (rows.length === 0) return 0;
  const { accepted } = await dataStore.feedback.upsert(rows, options);
  try {
    onFeedback?.(rows);
  } catch (error) {
    // The rows are stored: telling the caller that they are not would make him send them twice.
    logger.error("feedback listener failed", { error });
  }
  return accepted;
}
