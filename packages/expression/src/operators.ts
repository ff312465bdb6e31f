import {
  type Code,
  compileError,
  expectKind,
  type Frame,
  msOf,
  type NumberRun,
  numberRun,
  present,
  type Run,
  runtimeError,
  type Scope,
  spend,
  spendList,
  spendText,
  timeCode,
} from "./code.ts";
import type { BinaryNode, BinaryOperator, UnaryNode } from "./syntax.ts";
import { ANY, arrayOf, BOOLEAN, DURATION, describeType, type ExpressionType, NUMBER, STRING, TIME } from "./types.ts";
import { compareValues, DurationValue, TimeValue, typeName } from "./values.ts";

type Arithmetic = "+" | "-" | "*" | "/" | "%" | "**";
type Ordering = "<" | "<=" | ">" | ">=";

const ARITHMETIC: Readonly<Record<Arithmetic, (left: NumberRun, right: NumberRun) => NumberRun>> = {
  "+": (left, right) => (frame) => left(frame) + right(frame),
  "-": (left, right) => (frame) => left(frame) - right(frame),
  "*": (left, right) => (frame) => left(frame) * right(frame),
  "/": (left, right) => (frame) => left(frame) / right(frame),
  "%": (left, right) => (frame) => left(frame) % right(frame),
  "**": (left, right) => (frame) => left(frame) ** right(frame),
};

/** Works on numbers, milliseconds and texts alike: JavaScript orders all three. */
const ORDERINGS: Readonly<Record<Ordering, (left: NumberRun, right: NumberRun) => Run>> = {
  "<": (left, right) => (frame) => left(frame) < right(frame),
  "<=": (left, right) => (frame) => left(frame) <= right(frame),
  ">": (left, right) => (frame) => left(frame) > right(frame),
  ">=": (left, right) => (frame) => left(frame) >= right(frame),
};

const ORDER_TESTS: Readonly<Record<Ordering, (order: number) => boolean>> = {
  "<": (order) => order < 0,
  "<=": (order) => order <= 0,
  ">": (order) => order > 0,
  ">=": (order) => order >= 0,
};

/** Results of arithmetic that has times or durations in it, by operator and operand types; all work on milliseconds. */
const TIME_ARITHMETIC: ReadonlyMap<string, ExpressionType> = new Map([
  ["time - time", DURATION],
  ["time + duration", TIME],
  ["duration + time", TIME],
  ["time - duration", TIME],
  ["duration + duration", DURATION],
  ["duration - duration", DURATION],
  ["duration * number", DURATION],
  ["number * duration", DURATION],
  ["duration / number", DURATION],
  ["duration / duration", NUMBER],
]);

export function compileUnary(scope: Scope, node: UnaryNode): Code {
  const operand = present(scope.compile(scope, node.operand), `the operand of ${node.operator}`);
  const { offset, operator } = node;
  if (operator === "not") {
    const { run } = expectKind(scope, operand, "boolean", "the operand of not");
    return { type: BOOLEAN, offset, run: (frame) => run(frame) !== true };
  }
  if (operand.type.kind === "duration") {
    const ms = msOf(operand);
    return operator === "+" ? operand : timeCode(DURATION, offset, (frame) => -ms(frame));
  }
  const number = numberRun(scope, operand, `the operand of ${operator}`);
  if (operator === "+") return { type: NUMBER, offset, run: number };
  const { constant } = operand;
  const negated: Code = { type: NUMBER, offset, run: (frame) => -number(frame) };
  return constant === undefined ? negated : { ...negated, constant: { value: -(constant.value as number) } };
}

export function compileArithmetic(scope: Scope, node: BinaryNode): Code {
  const operator = node.operator as Arithmetic;
  const left = present(scope.compile(scope, node.left), `the left side of ${operator}`);
  const right = present(scope.compile(scope, node.right), `the right side of ${operator}`);
  const kinds = [left.type.kind, right.type.kind];
  if (operator === "+" && kinds.every((kind) => kind === "string")) return concatenation(node, left, right);
  const timed = TIME_ARITHMETIC.get(`${kinds[0]} ${operator} ${kinds[1]}`);
  if (timed !== undefined) return timeArithmetic(node, operator, timed, left, right);
  // Division, remainder and power are of numbers whatever the operands hold, so their type is known.
  const isNumeric = operator === "/" || operator === "%" || operator === "**" || !kinds.includes("any");
  if (!isNumeric) return dynamicArithmetic(scope, node, operator, left, right);
  const leftRun = numberRun(scope, operandOf(scope, node, left, left, right), `the left side of ${operator}`);
  const rightRun = numberRun(scope, operandOf(scope, node, right, left, right), `the right side of ${operator}`);
  return numericArithmetic(node, operator, leftRun, rightRun);
}

function operandOf(scope: Scope, node: BinaryNode, operand: Code, left: Code, right: Code): Code {
  if (operand.type.kind === "number" || operand.type.kind === "any") return operand;
  const detail = `${node.operator} cannot be applied to ${describeType(left.type)} and ${describeType(right.type)}`;
  throw compileError(scope, node.offset, detail);
}

function numericArithmetic(node: BinaryNode, operator: Arithmetic, left: NumberRun, right: NumberRun): Code {
  const { offset } = node;
  if (operator !== "%") return { type: NUMBER, offset, run: ARITHMETIC[operator](left, right) };
  const run = (frame: Frame): number => {
    const divisor = right(frame);
    if (divisor === 0) throw runtimeError(frame, offset, "the remainder of a division by zero");
    return left(frame) % divisor;
  };
  return { type: NUMBER, offset, run };
}

function timeArithmetic(node: BinaryNode, operator: Arithmetic, type: ExpressionType, left: Code, right: Code): Code {
  const operand = (code: Code): NumberRun => (code.type.kind === "number" ? (code.run as NumberRun) : msOf(code));
  const ms = ARITHMETIC[operator](operand(left), operand(right));
  return type.kind === "number" ? { type, offset: node.offset, run: ms } : timeCode(type, node.offset, ms);
}

function concatenation(node: BinaryNode, left: Code, right: Code): Code {
  const [leftRun, rightRun] = [left.run, right.run];
  const { offset } = node;
  const run = (frame: Frame): string => spendText(frame, (leftRun(frame) as string) + (rightRun(frame) as string), offset);
  return { type: STRING, offset, run };
}

function dynamicArithmetic(scope: Scope, node: BinaryNode, operator: Arithmetic, left: Code, right: Code): Code {
  for (const { type } of [left, right]) {
    const fits = type.kind === "any" || type.kind === "number" || type.kind === "time" || type.kind === "duration";
    if (!fits && !(operator === "+" && type.kind === "string")) operandOf(scope, node, { ...left, type }, left, right);
  }
  const [leftRun, rightRun] = [left.run, right.run];
  const { offset } = node;
  return {
    type: ANY,
    offset,
    run: (frame) => calculate(frame, offset, operator, leftRun(frame), rightRun(frame)),
  };
}

function calculate(frame: Frame, offset: number, operator: Arithmetic, left: unknown, right: unknown): unknown {
  const arithmetic = (a: number, b: number): number =>
    ARITHMETIC[operator](
      () => a,
      () => b,
    )(frame);
  if (typeof left === "number" && typeof right === "number") return arithmetic(left, right);
  if (operator === "+" && typeof left === "string" && typeof right === "string") return spendText(frame, left + right, offset);
  const result = TIME_ARITHMETIC.get(`${arithmeticKind(left)} ${operator} ${arithmeticKind(right)}`);
  if (result === undefined) {
    throw runtimeError(frame, offset, `${operator} cannot be applied to ${typeName(left)} and ${typeName(right)}`);
  }
  const ms = arithmetic(millisecondsOf(left), millisecondsOf(right));
  if (result.kind === "number") return ms;
  return result.kind === "time" ? new TimeValue(ms) : new DurationValue(ms);
}

function arithmeticKind(value: unknown): string {
  if (value instanceof TimeValue) return "time";
  if (value instanceof DurationValue) return "duration";
  return typeof value === "number" ? "number" : "other";
}

function millisecondsOf(value: unknown): number {
  return typeof value === "number" ? value : (value as TimeValue | DurationValue).ms;
}

export function compileOrdering(scope: Scope, node: BinaryNode): Code {
  const operator = node.operator as Ordering;
  const left = present(scope.compile(scope, node.left), `the left side of ${operator}`);
  const right = present(scope.compile(scope, node.right), `the right side of ${operator}`);
  const kinds: readonly string[] = ["number", "string", "time", "duration"];
  const { offset } = node;
  if (left.type.kind === right.type.kind && kinds.includes(left.type.kind)) {
    const operand = (code: Code): NumberRun =>
      code.type.kind === "time" || code.type.kind === "duration" ? msOf(code) : (code.run as NumberRun);
    return { type: BOOLEAN, offset, run: ORDERINGS[operator](operand(left), operand(right)) };
  }
  const mayFit = [left, right].every(({ type }) => type.kind === "any" || kinds.includes(type.kind));
  if (!mayFit || (left.type.kind !== "any" && right.type.kind !== "any")) {
    throw compileError(scope, offset, `${operator} cannot compare ${describeType(left.type)} with ${describeType(right.type)}`);
  }
  const [leftRun, rightRun, test] = [left.run, right.run, ORDER_TESTS[operator]];
  const run = (frame: Frame): boolean => {
    const [a, b] = [leftRun(frame), rightRun(frame)];
    const order = compareValues(a, b);
    if (order === undefined) throw runtimeError(frame, offset, `${operator} cannot compare ${typeName(a)} with ${typeName(b)}`);
    return test(order);
  };
  return { type: BOOLEAN, offset, run };
}

export function compileRange(scope: Scope, node: BinaryNode): Code {
  const from = numberRun(scope, scope.compile(scope, node.left), "the start of a range");
  const to = numberRun(scope, scope.compile(scope, node.right), "the end of a range");
  const { offset } = node;
  const run = (frame: Frame): number[] => {
    const [first, last] = [from(frame), to(frame)];
    if (!Number.isInteger(first) || !Number.isInteger(last)) throw runtimeError(frame, offset, "a range needs whole numbers");
    const length = Math.max(0, last - first + 1);
    spendList(frame, length, offset);
    return Array.from({ length }, (_, index) => first + index);
  };
  return { type: arrayOf(NUMBER), offset, run };
}

export function compileLogic(scope: Scope, node: BinaryNode): Code {
  const left = expectKind(scope, scope.compile(scope, node.left), "boolean", `the left side of ${node.operator}`).run;
  const right = expectKind(scope, scope.compile(scope, node.right), "boolean", `the right side of ${node.operator}`).run;
  const run: Run =
    node.operator === "and"
      ? (frame) => left(frame) === true && right(frame) === true
      : (frame) => left(frame) === true || right(frame) === true;
  return { type: BOOLEAN, offset: node.offset, run };
}

const TEXT_TESTS: ReadonlyMap<BinaryOperator, (text: string, part: string) => boolean> = new Map([
  ["contains", (text, part) => text.includes(part)],
  ["startsWith", (text, part) => text.startsWith(part)],
  ["endsWith", (text, part) => text.endsWith(part)],
]);

export function compileTextTest(scope: Scope, node: BinaryNode): Code {
  const { offset, operator } = node;
  const left = expectKind(scope, scope.compile(scope, node.left), "string", `the left side of ${operator}`).run;
  const right = expectKind(scope, scope.compile(scope, node.right), "string", `the right side of ${operator}`).run;
  const test = TEXT_TESTS.get(operator);
  if (test === undefined) throw compileError(scope, offset, `${operator} is not an operator on texts`);
  const run = (frame: Frame): boolean => {
    const text = left(frame) as string;
    spend(frame, text.length >> 6, offset);
    return test(text, right(frame) as string);
  };
  return { type: BOOLEAN, offset, run };
}
