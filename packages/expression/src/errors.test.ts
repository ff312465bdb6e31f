import { describe, expect, it } from "vitest";
import { evaluate, failure, INPUTS } from "../test/inputs.ts";
import { compileExpression, type ResultType } from "./compile.ts";
import { leaderboardEnvironment, userEnvironment } from "./environments.ts";
import { ExpressionError } from "./errors.ts";
import { parseExpression } from "./parser.ts";

const compile = (source: string, resultType: ResultType = "any") =>
  compileExpression(source, { environment: leaderboardEnvironment, resultType });

describe("syntax errors", () => {
  it.each([
    ["", "syntax: unexpected end of the expression (line 1, column 1)"],
    ["1 +", "syntax: unexpected end of the expression (line 1, column 4)"],
    ["1 2", 'syntax: unexpected "2" (line 1, column 3)'],
    ["len(feedback", 'syntax: unexpected end of the expression, expected "," (line 1, column 13)'],
    ["(1", 'syntax: unexpected end of the expression, expected ")" (line 1, column 3)'],
    ["true\n  and ~1", 'syntax: unexpected character "~" (line 2, column 7)'],
    ["'open", "syntax: string is not closed (line 1, column 1)"],
    ["'\\q'", "syntax: unknown escape in a string (line 1, column 2)"],
    ["12ab", "syntax: malformed number (line 1, column 1)"],
    ["# > 1", "syntax: # stands for an element and needs a predicate around it (line 1, column 1)"],
    [".Value > 1", 'syntax: unexpected "." (line 1, column 1)'],
    ["item.", "syntax: unexpected end of the expression, expected a field name (line 1, column 6)"],
    ["let x = 1; x", "syntax: let is not supported (line 1, column 1)"],
    ["true ? 1", 'syntax: unexpected end of the expression, expected ":" (line 1, column 9)'],
  ])("%s", (source, message) => {
    expect(failure(() => parseExpression(source))).toBe(message);
  });
});

describe("type errors", () => {
  it.each([
    ["itm.ItemId", "type: unknown name itm, known are item, feedback (line 1, column 1)"],
    ["size(feedback)", "type: unknown function size (line 1, column 1)"],
    ["len", "type: len is a function, call it as len(...) (line 1, column 1)"],
    [
      "item.Label",
      "type: item has no field Label, it has ItemId, IsHidden, Categories, Timestamp, Labels, Comment (line 1, column 6)",
    ],
    ["count(feedback, .Value + 1)", "type: the predicate of count must be a boolean but is a number (line 1, column 24)"],
    ["1 + 'a'", "type: + cannot be applied to number and string (line 1, column 3)"],
    ["item.Comment * item.Labels.x", "type: * cannot be applied to string and any (line 1, column 14)"],
    ["1 < 'a'", "type: < cannot compare number with string (line 1, column 3)"],
    ["item.ItemId == 1", "type: == cannot compare string with number (line 1, column 13)"],
    ["not 1", "type: the operand of not must be a boolean but is a number (line 1, column 5)"],
    ["1 and true", "type: the left side of and must be a boolean but is a number (line 1, column 1)"],
    ["now() + now()", "type: + cannot be applied to time and time (line 1, column 7)"],
    ["item.Timestamp.Unix", "type: a time has no field Unix, call it as Unix() (line 1, column 16)"],
    ["item.Timestamp.Age()", "type: a time has no method Age (line 1, column 16)"],
    ["item.Timestamp.Add(1)", "type: the argument of Add must be a duration but is a number (line 1, column 20)"],
    ["item.Timestamp.Unix(1)", "type: Unix takes no argument (line 1, column 16)"],
    ["1 in item.Categories", "type: in looks for number in a list of string (line 1, column 3)"],
    ["1 in 'text'", "type: the right side of in must be a list or a map but is string (line 1, column 6)"],
    ["item.ItemId[0]", "type: a string cannot be indexed (line 1, column 12)"],
    ["abs()", "type: abs takes 1 argument, not 0 (line 1, column 1)"],
    ["split('a')", "type: split takes 2 to 3 arguments, not 1 (line 1, column 1)"],
    ["map(feedback)", "type: map takes 2 arguments, not 1 (line 1, column 1)"],
    ["count(1, true)", "type: the list of count must be a list but is a number (line 1, column 7)"],
    ["duration('soon')", "type: duration cannot read the text (line 1, column 1)"],
    ["date('soon')", "type: date cannot read the text (line 1, column 1)"],
    ["map(feedback, #acc)", "type: #acc is known only inside reduce (line 1, column 15)"],
    ["item.Comment matches '('", "type: invalid pattern: error parsing regexp: missing closing ): `(` (line 1, column 22)"],
  ])("%s", (source, message) => {
    expect(failure(() => compile(source))).toBe(message);
  });

  it("checks the type of the result", () => {
    expect(failure(() => compile("item.ItemId", "number"))).toBe(
      "type: the expression must be a number but is a string (line 1, column 1)",
    );
    expect(failure(() => compile("item.Labels.x", "number"))).toBe(
      "type: the expression must be a number but its type is not known, convert it with float(...) (line 1, column 1)",
    );
    expect(failure(() => compile("len(feedback)", "boolean"))).toBe(
      "type: the expression must be a boolean but is a number (line 1, column 1)",
    );
    expect(compile("float(item.Labels.price)", "number").evaluate(INPUTS)).toBe(12.5);
  });

  it("knows only the variables of the environment", () => {
    expect(failure(() => compileExpression("item.ItemId", { environment: userEnvironment, resultType: "any" }))).toBe(
      "type: unknown name item, known are user (line 1, column 1)",
    );
  });

  it("carries the position and the source", () => {
    const source = "1 +\n  foo";
    let caught: unknown;
    try {
      compile(source);
    } catch (error) {
      caught = error;
    }
    expect(caught).toBeInstanceOf(ExpressionError);
    expect(caught).toMatchObject({ kind: "type", source, position: { offset: 6, line: 2, column: 3 } });
  });
});

describe("runtime errors", () => {
  it.each([
    ["[1][3]", "runtime: index 3 is outside a list of 1 (line 1, column 4)"],
    ["item.Labels.none + 1", "runtime: + cannot be applied to nil and int (line 1, column 18)"],
    ["item.Labels.price < 'a'", "runtime: < cannot compare float with string (line 1, column 19)"],
    ["item.Labels.price.x", "runtime: float has no field x (line 1, column 19)"],
    ["not item.Labels.price", "runtime: the operand of not must be a boolean but is a float (line 1, column 17)"],
    ["find(feedback, .Value > 9).UserId", "runtime: the value before .UserId is nil (line 1, column 1)"],
    ["first(map(feedback[:0], .Value)) + 1", "runtime: the left side of + is nil (line 1, column 1)"],
    ["1 % 0", "runtime: the remainder of a division by zero (line 1, column 3)"],
    ["int('x')", 'runtime: int cannot convert "x" (line 1, column 1)'],
    ["min([])", "runtime: min of nothing (line 1, column 1)"],
    ["1.5..2", "runtime: a range needs whole numbers (line 1, column 4)"],
    ["sortBy([1, 'a'], #)", "runtime: sortBy cannot compare string with int (line 1, column 1)"],
    ["reduce([], #acc)", "runtime: reduce of an empty list (line 1, column 1)"],
  ])("%s", (source, message) => {
    expect(failure(() => evaluate(source))).toBe(message);
  });
});

describe("variables", () => {
  it("lists what the expression reads", () => {
    expect([...compile("item.ItemId == 'x'").variables]).toEqual(["item"]);
    expect([...compile("len(feedback) > 0 and item.IsHidden").variables]).toEqual(["feedback", "item"]);
  });
});
