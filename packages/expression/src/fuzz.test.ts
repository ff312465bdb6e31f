import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { evaluate, failure } from "../test/inputs.ts";
import { ExpressionError } from "./errors.ts";

const WORDS = [
  ..."+ - * / % ^ ** == != < <= > >= && || ! ? : ?? ?. .? .. . , ( ) [ ] { } # | #acc #index".split(" "),
  ..."and or not in contains startsWith endsWith matches let if nil true false".split(" "),
  ..."item feedback item.Labels item.Timestamp .Value .FeedbackType now() 1 2.5 'a' '(' \"b\" 0x1f".split(" "),
  ..."count filter map all any one none sum reduce find groupBy sortBy len first last min max mean median unique".split(" "),
  ..."concat flatten abs ceil floor round int float string lower upper trim split join date duration get keys values type".split(
    " ",
  ),
];

/** Runs an expression; anything but a value or an ExpressionError fails the test. */
function outcome(source: string): "value" | "refused" {
  try {
    evaluate(source, 100_000);
    return "value";
  } catch (error) {
    if (error instanceof ExpressionError) return "refused";
    throw error;
  }
}

/** Expressions that follow the grammar, so that many of them compile and run. */
const { expression } = fc.letrec<{ expression: string }>((tie) => ({
  expression: fc.oneof(
    { depthSize: "small" },
    fc.constantFrom(
      "1",
      "2.5",
      "'a'",
      "true",
      "nil",
      "item",
      "item.Labels",
      "item.Timestamp",
      "feedback",
      "now()",
      "[1, 2]",
      "#",
      ".Value",
    ),
    fc
      .tuple(
        tie("expression"),
        fc.constantFrom("+", "-", "*", "/", "%", "==", "<", "and", "??", "in", "..", "contains"),
        tie("expression"),
      )
      .map(([left, operator, right]) => `(${left} ${operator} ${right})`),
    fc
      .tuple(
        fc.constantFrom("count", "map", "filter", "sum", "sortBy", "groupBy", "reduce", "find"),
        tie("expression"),
        tie("expression"),
      )
      .map(([name, list, body]) => `${name}(${list}, ${body})`),
    fc
      .tuple(
        fc.constantFrom("len", "string", "type", "first", "unique", "flatten", "keys", "min", "int", "date"),
        tie("expression"),
      )
      .map(([name, argument]) => `${name}(${argument})`),
    fc
      .tuple(tie("expression"), fc.constantFrom(".x", "?.x", "[0]", "[0:1]", "['a']", ".Unix()", ".Hours()"))
      .map(([object, suffix]) => object + suffix),
    fc.tuple(tie("expression"), tie("expression"), tie("expression")).map(([a, b, c]) => `(${a} ? ${b} : ${c})`),
  ),
}));

describe("random sources", () => {
  it("fails with nothing but ExpressionError on token soup", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...WORDS), { maxLength: 24 }), (words) => {
        outcome(words.join(" "));
      }),
      { numRuns: 5000, seed: 7 },
    );
  });

  it("fails with nothing but ExpressionError on any text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 40 }), (source) => {
        outcome(source);
      }),
      { numRuns: 2000, seed: 7 },
    );
  });

  it("fails with nothing but ExpressionError on well-formed expressions, and runs a part of them", () => {
    let values = 0;
    fc.assert(
      fc.property(expression, (source) => {
        if (outcome(source) === "value") values++;
      }),
      { numRuns: 5000, seed: 7 },
    );
    expect(values).toBeGreaterThan(200);
  });

  it("agrees with JavaScript on arithmetic and order", () => {
    const operators: Readonly<Record<string, (left: number, right: number) => unknown>> = {
      "+": (left, right) => left + right,
      "-": (left, right) => left - right,
      "*": (left, right) => left * right,
      "/": (left, right) => left / right,
      "<": (left, right) => left < right,
      ">=": (left, right) => left >= right,
      "==": (left, right) => left === right,
    };
    fc.assert(
      fc.property(fc.nat(1000), fc.nat(1000), fc.constantFrom(...Object.keys(operators)), (left, right, operator) => {
        expect(evaluate(`${left} ${operator} ${right}`)).toEqual(operators[operator]?.(left, right));
      }),
      { numRuns: 500, seed: 7 },
    );
  });

  it("binds as the precedence table says: parentheses that follow it change nothing", () => {
    const number = fc.nat(9).map(String);
    fc.assert(
      fc.property(number, number, number, number, (a, b, c, d) => {
        expect(evaluate(`${a} + ${b} * ${c} - ${d}`)).toBe(evaluate(`((${a} + (${b} * ${c})) - ${d})`));
        expect(evaluate(`${a} < ${b} and ${c} < ${d} or ${a} == ${d}`)).toBe(
          evaluate(`((${a} < ${b}) and (${c} < ${d})) or (${a} == ${d})`),
        );
      }),
      { numRuns: 200, seed: 7 },
    );
  });

  it("keeps the position of an error inside the source", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom("1", "+", "\n", "item", "(", "§"), { minLength: 1, maxLength: 12 }), (words) => {
        const source = words.join(" ");
        if (outcome(source) === "value") return;
        const position = /line (\d+), column (\d+)\)$/.exec(failure(() => evaluate(source)));
        const line = source.split("\n")[Number(position?.[1]) - 1];
        expect(line?.length ?? -1).toBeGreaterThanOrEqual(Number(position?.[2]) - 1);
      }),
      { numRuns: 500, seed: 7 },
    );
  });
});
