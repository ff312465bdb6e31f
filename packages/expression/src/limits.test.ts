import { describe, expect, it } from "vitest";
import { evaluate, failure, INPUTS } from "../test/inputs.ts";
import { compileExpression } from "./compile.ts";
import { itemEnvironment } from "./environments.ts";
import { parseExpression } from "./parser.ts";

describe("cost limits", () => {
  it("counts the elements of nested predicates", () => {
    expect(evaluate("count(1..100, # > 0)", 10_000)).toBe(100);
    expect(failure(() => evaluate("count(1..100, count(1..100, # > 0) > 0)", 10_000))).toBe(
      "cost: the evaluation takes more than 10000 steps (line 1, column 22)",
    );
  });

  it("charges each evaluation on its own", () => {
    const compiled = compileExpression("count(1..100, # > 0)", {
      environment: itemEnvironment,
      resultType: "number",
      maxSteps: 2000,
    });
    for (let round = 0; round < 10; round++) expect(compiled.evaluate(INPUTS)).toBe(100);
  });

  it.each([
    ["1..2000000", "cost: the list is longer than 1000000 (line 1, column 2)"],
    ["reduce(1..60, #acc + #acc, 'ab')", "cost: the text is longer than 1000000 (line 1, column 20)"],
    ["reduce(1..60, concat(#acc, #acc), [1])", "cost: the list is longer than 1000000 (line 1, column 15)"],
    ["string(reduce(1..60, [#acc, #acc], nil))", "cost: the text is longer than 1000000 (line 1, column 1)"],
    ["flatten(reduce(1..60, [#acc, #acc], nil))", "cost: the evaluation takes more than 100000000 steps (line 1, column 1)"],
    ["string(reduce(1..1000, [#acc], nil))", "cost: the value is nested too deep (line 1, column 1)"],
    ["reduce(1..1000, [#acc], nil) == reduce(1..1000, [#acc], nil)", "cost: the value is nested too deep (line 1, column 30)"],
  ])("%s", (source, message) => {
    expect(failure(() => evaluate(source))).toBe(message);
  });

  it("bounds the source, its nesting and its parts", () => {
    expect(failure(() => parseExpression(" ".repeat(20_000)))).toMatch(/^cost: the expression is longer than 16384 characters/);
    expect(failure(() => parseExpression("(".repeat(500)))).toMatch(/^cost: the expression is nested deeper than 100/);
    expect(failure(() => parseExpression("not ".repeat(500)))).toMatch(/^cost: the expression is nested deeper than 100/);
    expect(failure(() => parseExpression("1+".repeat(5000)))).toMatch(/^cost: the expression has more than 2000 parts/);
  });

  it("evaluates the longest chain that parses", () => {
    expect(evaluate(`1${"+1".repeat(999)}`)).toBe(1000);
  });

  it("compiles nested reduces in bounded time", () => {
    const nested = `${"reduce([1], ".repeat(30)}1${", nil)".repeat(30)}`;
    expect(failure(() => evaluate(nested))).toMatch(/^cost: the expression is too complex/);
  });

  it("matches patterns that hang backtracking engines", () => {
    expect(evaluate(`join(map(1..5000, 'a')) matches '^(a+)+$'`)).toBe(true);
    expect(evaluate(`join(map(1..5000, 'a')) + '!' matches '^(a|aa)+$'`)).toBe(false);
  });
});
