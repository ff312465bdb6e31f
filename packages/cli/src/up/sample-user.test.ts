import { describe, expect, it } from "vitest";
import type { WireFeedback } from "../rest/wire.ts";
import { likedRows } from "./sample-user.ts";

function row(itemId: string, value: number, timestamp: string): WireFeedback {
  return { FeedbackType: "rating", UserId: "u", ItemId: itemId, Value: value, Timestamp: timestamp, Comment: "" };
}

const rows = [
  row("low", 2, "2026-01-04T00:00:00Z"),
  row("old", 5, "2026-01-01T00:00:00Z"),
  row("four", 4, "2026-01-03T00:00:00Z"),
  row("new", 5, "2026-01-02T00:00:00Z"),
];

describe("likedRows", () => {
  it("keeps what is positive, best first, newest first among equals", () => {
    const positive = [{ feedbackType: "rating", operator: ">=", bound: 4 }] as const;
    expect(likedRows(rows, positive).map(({ ItemId }) => ItemId)).toEqual(["new", "old", "four"]);
  });

  it("takes all feedback where nothing is said to be positive", () => {
    expect(likedRows(rows, [])).toHaveLength(4);
  });
});
