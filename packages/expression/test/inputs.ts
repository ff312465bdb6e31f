import { compileExpression } from "../src/compile.ts";
import { type ExpressionFeedback, type LeaderboardInputs, leaderboardEnvironment } from "../src/environments.ts";
import { ExpressionError } from "../src/errors.ts";

/** 2024-02-29T12:30:45.250Z. */
export const ITEM_TIME_MS: number = Date.UTC(2024, 1, 29, 12, 30, 45, 250);
export const HOUR_MS = 3_600_000;

function row(feedbackType: string, userId: string, value: number, ageHours: number): ExpressionFeedback {
  const timestampMs = ITEM_TIME_MS + (10 - ageHours) * HOUR_MS;
  return { feedbackType, userId, itemId: "book", value, timestampMs, updatedMs: timestampMs + 1000, comment: `by ${userId}` };
}

/** An item that is ten hours old at `now`, with four feedback rows. */
export const INPUTS: LeaderboardInputs = {
  now: ITEM_TIME_MS + 10 * HOUR_MS,
  item: {
    itemId: "book",
    isHidden: false,
    categories: ["novel", "crime"],
    timestampMs: ITEM_TIME_MS,
    labels: { genre: { main: "crime" }, price: 12.5, tags: ["a", "b"], empty: null, embedding: [0.5, 1], "odd key": 1 },
    comment: "A long book",
  },
  feedback: [row("star", "ann", 5, 1), row("read", "bob", 1, 2), row("star", "cid", 3, 5), row("up", "ann", 0, 9)],
};

/** Compiles and evaluates with any result. */
export function evaluate(source: string, maxSteps?: number): unknown {
  const options = { environment: leaderboardEnvironment, resultType: "any" as const };
  return compileExpression(source, maxSteps === undefined ? options : { ...options, maxSteps }).evaluate(INPUTS);
}

/** The error that the action throws, as `kind: message`; fails when it throws none or another. */
export function failure(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof ExpressionError) return `${error.kind}: ${error.message}`;
    throw error;
  }
  throw new Error("no error was thrown");
}
