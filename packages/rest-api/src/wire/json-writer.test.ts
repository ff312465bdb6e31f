import type { JsonValue } from "@furze/core";
import { describe, expect, it } from "vitest";
import {
  formatHttpTime,
  formatTime,
  quote,
  writeFeedback,
  writeItem,
  writeList,
  writePage,
  writeScore,
  writeUser,
  writeValue,
} from "./json-writer.ts";

/** What `JSON.stringify` makes of it, with the escapes of Go's encoder. */
function expected(value: unknown): string {
  const escapes: Record<string, string> = {
    "<": "\\u003c",
    ">": "\\u003e",
    "&": "\\u0026",
    "\u2028": "\\u2028",
    "\u2029": "\\u2029",
  };
  return JSON.stringify(value, null, 1).replace(/[<>&\u2028\u2029]/g, (char) => escapes[char] ?? char);
}

const TEXTS = [
  "",
  "plain",
  'q"uo\\te',
  "a/b",
  "<b>&amp;</b>",
  "tab\tline\n\u0001",
  "été 日本 😀",
  "\u2028\u2029",
  "~ !#",
  "\u007f",
];
const VALUES: JsonValue[] = [null, true, 0, -1.5, 1e21, 1e-7, 0.1, [], {}, [1, [2, []]], { a: { b: ["x"] }, c: null }];

describe("writers", () => {
  it.each(TEXTS)("quote %j", (text) => expect(quote(text)).toBe(expected(text)));
  it.each(VALUES.map((value) => [value]))("writeValue %j", (value) => expect(writeValue(value)).toBe(expected(value)));

  it("puts keys of labels in order, numbers among them", () => {
    expect(writeValue({ b: 1, a: 2, 10: 3, 9: 4 })).toBe('{\n "10": 3,\n "9": 4,\n "a": 2,\n "b": 1\n}');
  });

  it("prints users, items, feedback and scores as JSON.stringify does", () => {
    const labels = { genres: ["a", "b"], size: { x: 1 } };
    for (const text of TEXTS) {
      const user = { userId: text, labels, comment: text };
      const item = { itemId: text, isHidden: true, categories: [text, "c"], timestampMs: 1500, labels: text, comment: "" };
      const row = {
        feedbackType: text,
        userId: text,
        itemId: text,
        value: 4.5,
        timestampMs: 0,
        updatedMs: 1500,
        comment: text,
      };
      const wireUser = { UserId: text, Labels: labels, Comment: text };
      const time = "1970-01-01T00:00:01.5Z";
      expect(writePage("c", "Users", [user, user], writeUser)).toBe(expected({ Cursor: "c", Users: [wireUser, wireUser] }));
      expect(writeList([item], writeItem)).toBe(
        expected([{ ItemId: text, IsHidden: true, Categories: [text, "c"], Timestamp: time, Labels: text, Comment: "" }]),
      );
      expect(writeFeedback(row)).toBe(
        expected({
          FeedbackType: text,
          UserId: text,
          ItemId: text,
          Value: 4.5,
          Timestamp: "1970-01-01T00:00:00Z",
          Updated: time,
          Comment: text,
        }),
      );
      expect(writeScore(text, 0.25)).toBe(expected({ Id: text, Score: 0.25 }));
    }
    expect(writeItem({ itemId: "i", isHidden: false, categories: [], timestampMs: 0, labels: null, comment: "" })).toContain(
      '"Categories": null',
    );
  });

  it("prints a score that is no number as one", () => {
    expect(JSON.parse(writeScore("i", Number.NaN))).toEqual({ Id: "i", Score: 0 });
  });
});

describe("times", () => {
  it("have a fraction only when there is one", () => {
    expect(formatTime(Date.UTC(2026, 0, 2, 3, 4, 5))).toBe("2026-01-02T03:04:05Z");
    expect(formatTime(Date.UTC(2026, 0, 2, 3, 4, 5, 120))).toBe("2026-01-02T03:04:05.12Z");
    expect(formatHttpTime(undefined)).toBe("Mon, 01 Jan 0001 00:00:00 UTC");
  });
});
