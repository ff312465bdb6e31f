import { describe, expect, it } from "vitest";
import { curlLines } from "./closing-lines.ts";

const options = {
  rest: "http://127.0.0.1:8087",
  needsKey: false,
  userId: "a/b c",
  itemId: "it's",
  feedbackType: "rating",
  value: 5,
  nowMs: 0,
};

describe("curlLines", () => {
  it("quotes for the shell and for the address", () => {
    expect(curlLines(options)).toEqual([
      "curl 'http://127.0.0.1:8087/api/recommend/a%2Fb%20c?n=5'",
      `curl -X POST -H 'Content-Type: application/json' -d '[{"FeedbackType":"rating","UserId":"newcomer","ItemId":"it'\\''s","Value":5,"Timestamp":"1970-01-01T00:00:00.000Z"}]' 'http://127.0.0.1:8087/api/feedback'`,
      "curl 'http://127.0.0.1:8087/api/recommend/newcomer?n=5'",
    ]);
  });

  it("takes a key from the environment instead of showing it", () => {
    for (const line of curlLines({ ...options, needsKey: true }))
      expect(line).toContain('-H "X-API-Key: $FURZE_SERVER_API_KEY"');
  });
});
