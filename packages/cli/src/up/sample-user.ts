import { type CallOptions, type FeedbackExpression, matchesAnyFeedback } from "@furze/core";
import type { RestClient } from "../rest/rest-client.ts";
import type { WireFeedback } from "../rest/wire.ts";

/** The user whose list is shown, with what he liked: best rated first, newest first among equals. */
export interface SampleUser {
  readonly userId: string;
  readonly liked: readonly WireFeedback[];
}

export interface SampleUserOptions extends CallOptions {
  /** What counts as liked; nothing here means that every feedback does. */
  readonly positive: readonly FeedbackExpression[];
  /** Users looked at, at most. Default 200. */
  readonly scanLimit?: number | undefined;
}

// Enough for a taste to show, and few enough that most of what is good is still unseen.
const MIN_LIKED = 30;
const MAX_LIKED = 80;

/**
 * Picks the first user in id order who likes a moderate number of items, else the one with most likes; the same data give the same user.
 *
 * @returns `undefined` when nobody likes anything
 */
export async function chooseSampleUser(client: RestClient, options: SampleUserOptions): Promise<SampleUser | undefined> {
  const { positive, signal, scanLimit = 200 } = options;
  const page = await client.users(scanLimit, "", { signal });
  let best: SampleUser | undefined;
  for (const { UserId: userId } of page.Users ?? []) {
    const liked = likedRows(await client.feedbackOf(userId, { signal }), positive);
    if (liked.length > (best?.liked.length ?? 0)) best = { userId, liked };
    if (liked.length >= MIN_LIKED && liked.length <= MAX_LIKED) return { userId, liked };
  }
  return best;
}

/** The rows that count as liked, best rated first, newest first among equals. */
export function likedRows(rows: readonly WireFeedback[], positive: readonly FeedbackExpression[]): WireFeedback[] {
  return rows
    .filter(
      (row) => positive.length === 0 || matchesAnyFeedback(positive, { feedbackType: row.FeedbackType, value: row.Value }),
    )
    .toSorted((a, b) => b.Value - a.Value || Date.parse(b.Timestamp) - Date.parse(a.Timestamp));
}
