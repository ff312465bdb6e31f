import type { Feedback, Item, JsonValue, User } from "@furze/core";

/** Entities as the REST API spells them. */
export interface WireUser {
  readonly UserId: string;
  readonly Labels: JsonValue;
  readonly Comment: string;
}

export interface WireItem {
  readonly ItemId: string;
  readonly IsHidden: boolean;
  readonly Categories: readonly string[] | null;
  readonly Timestamp: string;
  readonly Labels: JsonValue;
  readonly Comment: string;
}

export interface WireFeedback {
  readonly FeedbackType: string;
  readonly UserId: string;
  readonly ItemId: string;
  readonly Value: number;
  readonly Timestamp: string;
  readonly Comment: string;
}

/** One entry of `GET /api/recommend/{user}?details=true`. */
export interface WireRecommendation {
  readonly Id: string;
  readonly Score: number;
  readonly Sources: readonly string[];
  readonly ModelId: string;
}

/** One entry of `GET /api/dashboard/tasks`. */
export interface WireTask {
  readonly Tracer: string;
  readonly Name: string;
  readonly Status: "Pending" | "Running" | "Complete" | "Suspended" | "Failed";
  readonly Error: string;
  readonly Count: number;
  readonly Total: number;
  readonly StartTime: string;
  readonly FinishTime: string;
}

export function toWireUser(user: User): WireUser {
  return { UserId: user.userId, Labels: user.labels, Comment: user.comment };
}

export function toWireItem(item: Item): WireItem {
  return {
    ItemId: item.itemId,
    IsHidden: item.isHidden,
    Categories: item.categories,
    Timestamp: new Date(item.timestampMs).toISOString(),
    Labels: item.labels,
    Comment: item.comment,
  };
}

export function toWireFeedback(row: Feedback): WireFeedback {
  return {
    FeedbackType: row.feedbackType,
    UserId: row.userId,
    ItemId: row.itemId,
    Value: row.value,
    Timestamp: new Date(row.timestampMs).toISOString(),
    Comment: row.comment,
  };
}
