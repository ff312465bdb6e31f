import type { Feedback } from "@furze/core";
import type { FeedbackWriteOptions } from "@furze/storage";
import type { ApiContext } from "./options.ts";

/** Stores rows and tells the listener. @returns number of rows accepted @throws {HttpError} 429 when users or items would be too many */
export async function storeFeedback(
  { dataStore, logger, onFeedback, quotas }: ApiContext,
  rows: readonly Feedback[],
  options: FeedbackWriteOptions,
): Promise<number> {
  if (rows.length === 0) return 0;
  const newUsers = options.autoInsertUsers === false ? [] : rows.map((row) => row.userId);
  const newItems = options.autoInsertItems === false ? [] : rows.map((row) => row.itemId);
  const { accepted } = await quotas.users.admit(newUsers, () =>
    quotas.items.admit(newItems, () => dataStore.feedback.upsert(rows, options)),
  );
  try {
    onFeedback?.(rows);
  } catch (error) {
    // The rows are stored: telling the caller that they are not would make him send them twice.
    logger.error("feedback listener failed", { error });
  }
  return accepted;
}
