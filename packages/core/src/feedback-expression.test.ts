import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InvalidArgumentError } from "./errors.ts";
import {
  type FeedbackOperator,
  feedbackRole,
  formatFeedbackExpression,
  matchesAnyFeedback,
  matchesFeedback,
  parseFeedbackExpression,
} from "./feedback-expression.ts";

const row = (feedbackType: string, value: number) => ({ feedbackType, value });

describe("parseFeedbackExpression", () => {
  it.each([
    ["like", { feedbackType: "like" }],
    ["like5", { feedbackType: "like5" }],
    ["read_all>=3.5", { feedbackType: "read_all", operator: ">=", bound: 3.5 }],
    ["rating<3", { feedbackType: "rating", operator: "<", bound: 3 }],
    ["rating<=3", { feedbackType: "rating", operator: "<=", bound: 3 }],
    ["rating>.5", { feedbackType: "rating", operator: ">", bound: 0.5 }],
    ["rating>", { feedbackType: "rating", operator: ">", bound: 0 }],
    ["rating=3", { feedbackType: "rating" }],
  ])("reads %s", (text, expected) => {
    expect(parseFeedbackExpression(text)).toEqual(expected);
  });

  it.each(["", "5", "_like", "a-b", "a >= 3", "a>=-1", "a>=1e3", "a>=3>=4", "a==3", "a>=3\n"])("refuses %j", (text) => {
    expect(() => parseFeedbackExpression(text)).toThrow(InvalidArgumentError);
    expect(() => parseFeedbackExpression(text)).toThrow(/^invalid expression format, /);
  });
});

describe("formatFeedbackExpression", () => {
  it.each([
    ["read>=3.0", "read>=3"],
    ["read>", "read>0"],
    ["read=3", "read"],
    ["read<0.0000001", "read<0.0000001"],
    ["read<100000000000000000000000", "read<100000000000000000000000"],
  ])("prints %s as %s", (text, expected) => {
    expect(formatFeedbackExpression(parseFeedbackExpression(text))).toBe(expected);
  });

  it("prints what parseFeedbackExpression reads back", () => {
    const bounds = fc.double({ min: 0, noNaN: true, noDefaultInfinity: true });
    fc.assert(
      fc.property(fc.constantFrom<FeedbackOperator>("<", "<=", ">", ">="), bounds, (operator, bound) => {
        const expression = { feedbackType: "read", operator, bound: bound === 0 ? 0 : bound };
        expect(parseFeedbackExpression(formatFeedbackExpression(expression))).toEqual(expression);
      }),
    );
  });
});

describe("matching", () => {
  it.each([
    ["rating<3", [true, false, false]],
    ["rating<=3", [true, true, false]],
    ["rating>3", [false, false, true]],
    ["rating>=3", [false, true, true]],
    ["rating=3", [true, true, true]],
    ["rating", [true, true, true]],
    ["like", [false, false, false]],
  ])("%s against 2, 3 and 4", (text, expected) => {
    const expression = parseFeedbackExpression(text);
    expect([2, 3, 4].map((value) => matchesFeedback(expression, row("rating", value)))).toEqual(expected);
  });

  it("matches nothing with no expression", () => {
    expect(matchesAnyFeedback([], row("like", 1))).toBe(false);
  });

  it("gives a row the first of negative, positive, read", () => {
    const roles = {
      negative: [parseFeedbackExpression("rating<2")],
      positive: [parseFeedbackExpression("rating>=4"), parseFeedbackExpression("like")],
      read: [parseFeedbackExpression("rating")],
    };
    const roleOf = (type: string, value: number) => feedbackRole(roles, row(type, value));
    expect([roleOf("rating", 1), roleOf("rating", 5), roleOf("rating", 3), roleOf("like", 0), roleOf("share", 1)]).toEqual([
      "negative",
      "positive",
      "read",
      "positive",
      undefined,
    ]);
  });
});
