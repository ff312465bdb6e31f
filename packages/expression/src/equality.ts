import { RE2JS } from "re2js";
import {
  asPlain,
  type Code,
  compileError,
  expectKind,
  type Frame,
  msOf,
  type Run,
  runtimeError,
  type Scope,
  spend,
  withinDepth,
} from "./code.ts";
import type { BinaryNode } from "./syntax.ts";
import { BOOLEAN, describeType, type ExpressionType, unifyTypes, withoutNil } from "./types.ts";
import { equalValues, isMap, mapEntry, typeName } from "./values.ts";

/** `==` and `!=`. Values of types that can never be equal are refused at compile time, nil may be compared with anything. */
export function compileEquality(scope: Scope, node: BinaryNode): Code {
  const [left, right] = [scope.compile(scope, node.left), scope.compile(scope, node.right)];
  const { offset, operator } = node;
  if (!comparable(left.type, right.type)) {
    throw compileError(scope, offset, `${operator} cannot compare ${describeType(left.type)} with ${describeType(right.type)}`);
  }
  const equal = equalityRun(left, right, offset);
  return { type: BOOLEAN, offset, run: operator === "==" ? equal : (frame) => equal(frame) !== true };
}

function comparable(left: ExpressionType, right: ExpressionType): boolean {
  const kinds = [withoutNil(left).kind, withoutNil(right).kind];
  return kinds.includes("any") || kinds.includes("nil") || kinds[0] === kinds[1];
}

function equalityRun(left: Code, right: Code, offset: number): Run {
  const { kind } = left.type;
  if (kind === right.type.kind && (kind === "time" || kind === "duration")) {
    const [leftMs, rightMs] = [msOf(left), msOf(right)];
    return (frame) => leftMs(frame) === rightMs(frame);
  }
  const leftRun = asPlain(left).run;
  if (kind === right.type.kind && (kind === "number" || kind === "string" || kind === "boolean")) {
    if (right.constant !== undefined) {
      const { value } = right.constant;
      return (frame) => leftRun(frame) === value;
    }
    const rightRun = right.run;
    return (frame) => leftRun(frame) === rightRun(frame);
  }
  const rightRun = asPlain(right).run;
  return (frame) => {
    const [a, b] = [leftRun(frame), rightRun(frame)];
    if (a === b) return true;
    return withinDepth(frame, offset, () => equalValues(a, b, (steps) => spend(frame, steps, offset)));
  };
}

/** `in`: an element of a list or a key of a map; nil holds nothing. */
export function compileMembership(scope: Scope, node: BinaryNode): Code {
  const [needle, haystack] = [asPlain(scope.compile(scope, node.left)), asPlain(scope.compile(scope, node.right))];
  const { offset } = node;
  const kind = withoutNil(haystack.type).kind;
  if (kind !== "array" && kind !== "map" && kind !== "any" && kind !== "nil") {
    throw compileError(
      scope,
      haystack.offset,
      `the right side of in must be a list or a map but is ${describeType(haystack.type)}`,
    );
  }
  const elementType = withoutNil(haystack.type);
  if (elementType.kind === "array" && !comparable(needle.type, elementType.element)) {
    const detail = `in looks for ${describeType(needle.type)} in a list of ${describeType(elementType.element)}`;
    throw compileError(scope, offset, detail);
  }
  const needleRun = needle.run;
  const set = constantSet(haystack);
  if (set !== undefined) return { type: BOOLEAN, offset, run: (frame) => set.has(needleRun(frame)) };
  const haystackRun = haystack.run;
  return { type: BOOLEAN, offset, run: (frame) => isMember(frame, offset, needleRun(frame), haystackRun(frame)) };
}

function constantSet(haystack: Code): ReadonlySet<unknown> | undefined {
  const value = haystack.constant?.value;
  if (!Array.isArray(value)) return undefined;
  return value.every((element) => typeof element === "string" || typeof element === "number") ? new Set(value) : undefined;
}

function isMember(frame: Frame, offset: number, needle: unknown, haystack: unknown): boolean {
  if (haystack === null || haystack === undefined) return false;
  if (Array.isArray(haystack)) {
    spend(frame, haystack.length, offset);
    if (typeof needle !== "object" || needle === null) return haystack.includes(needle);
    return withinDepth(frame, offset, () =>
      haystack.some((element) => equalValues(element, needle, (steps) => spend(frame, steps, offset))),
    );
  }
  if (!isMap(haystack)) throw runtimeError(frame, offset, `in needs a list or a map but has ${typeName(haystack)}`);
  return typeof needle === "string" && Object.hasOwn(haystack, needle);
}

/** Longest pattern that `matches` takes, and how many patterns computed at run time one expression remembers. */
const MAX_PATTERN_LENGTH = 1000;
const MAX_REMEMBERED_PATTERNS = 16;

/**
 * `matches`: RE2 syntax, as in Go, found anywhere in the text. The engine is an automaton whose time is linear in the
 * text, so no pattern can hang an evaluation.
 */
export function compileMatches(scope: Scope, node: BinaryNode): Code {
  const text = expectKind(scope, scope.compile(scope, node.left), "string", "the left side of matches").run;
  const pattern = expectKind(scope, scope.compile(scope, node.right), "string", "the pattern of matches");
  const { offset } = node;
  const find = (frame: Frame, compiled: RE2JS): boolean => {
    const value = text(frame) as string;
    spend(frame, value.length, offset);
    return compiled.test(value);
  };
  if (pattern.constant !== undefined) {
    const compiled = compilePattern(pattern.constant.value as string);
    if (typeof compiled === "string") throw compileError(scope, pattern.offset, compiled);
    return { type: BOOLEAN, offset, run: (frame) => find(frame, compiled) };
  }
  const remembered = new Map<string, RE2JS>();
  const patternRun = pattern.run;
  const run = (frame: Frame): boolean => {
    const source = patternRun(frame) as string;
    let compiled: RE2JS | string | undefined = remembered.get(source);
    if (compiled === undefined) {
      spend(frame, MAX_PATTERN_LENGTH, offset);
      compiled = compilePattern(source);
      if (typeof compiled === "string") throw runtimeError(frame, pattern.offset, compiled);
      if (remembered.size >= MAX_REMEMBERED_PATTERNS) remembered.clear();
      remembered.set(source, compiled);
    }
    return find(frame, compiled);
  };
  return { type: BOOLEAN, offset, run };
}

function compilePattern(pattern: string): RE2JS | string {
  if (pattern.length > MAX_PATTERN_LENGTH) return `the pattern is longer than ${MAX_PATTERN_LENGTH} characters`;
  try {
    return RE2JS.compile(pattern);
  } catch (error) {
    return `invalid pattern: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** `??`: the right side where the left is nil. */
export function compileCoalesce(scope: Scope, node: BinaryNode): Code {
  const [left, right] = [scope.compile(scope, node.left), scope.compile(scope, node.right)];
  const leftType = withoutNil(left.type);
  const type = leftType.kind === "nil" ? right.type : unifyTypes(leftType, right.type);
  const isMixed = type.kind === "any";
  const leftRun = (isMixed ? asPlain(left) : left).run;
  const rightRun = (isMixed ? asPlain(right) : right).run;
  return { type, offset: node.offset, run: (frame) => leftRun(frame) ?? rightRun(frame) };
}

/** Entry of a value whose type is not known: nil for a missing key and for nil itself. */
export function dynamicEntry(frame: Frame, offset: number, value: unknown, key: string): unknown {
  if (value === null || value === undefined) return null;
  if (!isMap(value)) throw runtimeError(frame, offset, `${typeName(value)} has no field ${key}`);
  return mapEntry(value, key);
}
