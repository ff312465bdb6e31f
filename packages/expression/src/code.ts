import { ExpressionError, type ExpressionErrorKind } from "./errors.ts";
import type { ExpressionNode } from "./syntax.ts";
import {
  ANY,
  BOOLEAN,
  describeType,
  type Environment,
  type ExpressionType,
  NUMBER,
  type RecordType,
  STRING,
  withoutNil,
} from "./types.ts";
import { DepthError, DurationValue, isMap, TimeValue, typeName } from "./values.ts";

/** State of one evaluation. */
export interface Frame {
  readonly inputs: { readonly now: number };
  readonly source: string;
  readonly maxSteps: number;
  steps: number;
  element: unknown;
  index: number;
  accumulator: unknown;
}

export type Run = (frame: Frame) => unknown;
export type NumberRun = (frame: Frame) => number;

/** A compiled node. */
export interface Code {
  readonly type: ExpressionType;
  readonly offset: number;
  readonly run: Run;
  /** Of times and durations: the milliseconds without the object around them, so comparing rows allocates nothing. */
  readonly ms?: NumberRun;
  /** Present when the value is known at compile time. */
  readonly constant?: { readonly value: unknown };
}

/** State of one compilation. `compile` is handed down so that the parts of the compiler need not import each other. */
export interface Scope {
  readonly source: string;
  readonly environment: Environment<never>;
  readonly usedVariables: Set<string>;
  /** Nodes compiled so far. */
  readonly work: { nodes: number };
  /** Type of `#`, undefined outside a predicate. */
  readonly elementType: ExpressionType | undefined;
  /** Type of `#acc`, undefined outside a reduce. */
  readonly accumulatorType: ExpressionType | undefined;
  readonly compile: (scope: Scope, node: ExpressionNode) => Code;
}

/** Largest list and text that an expression may build. */
export const MAX_LIST_LENGTH = 1_000_000;
export const MAX_TEXT_LENGTH = 1_000_000;
/** Steps charged for an element of a new list, on top of those of what computes it: they bound memory. */
const NEW_ELEMENT_STEPS = 8;

export function compileError(
  scope: Scope,
  offset: number,
  detail: string,
  kind: ExpressionErrorKind = "type",
): ExpressionError {
  return new ExpressionError(kind, detail, scope.source, offset);
}

export function runtimeError(frame: Frame, offset: number, detail: string): ExpressionError {
  return new ExpressionError("runtime", detail, frame.source, offset);
}

/** Charges steps to the evaluation. */
export function spend(frame: Frame, steps: number, offset: number): void {
  frame.steps += steps;
  if (frame.steps > frame.maxSteps) {
    throw new ExpressionError("cost", `the evaluation takes more than ${frame.maxSteps} steps`, frame.source, offset);
  }
}

/** Charges for a list that is about to be built. */
export function spendList(frame: Frame, length: number, offset: number): void {
  if (length > MAX_LIST_LENGTH) {
    throw new ExpressionError("cost", `the list is longer than ${MAX_LIST_LENGTH}`, frame.source, offset);
  }
  spend(frame, length * NEW_ELEMENT_STEPS, offset);
}

/** Charges for a text that was built, and bounds it. */
export function spendText(frame: Frame, text: string, offset: number): string {
  if (text.length > MAX_TEXT_LENGTH) {
    throw new ExpressionError("cost", `the text is longer than ${MAX_TEXT_LENGTH}`, frame.source, offset);
  }
  spend(frame, text.length >> 3, offset);
  return text;
}

/** Runs a walk over values, turning too deep a structure into a cost error. */
export function withinDepth<T>(frame: Frame, offset: number, walk: () => T): T {
  try {
    return walk();
  } catch (error) {
    if (error instanceof DepthError) {
      throw new ExpressionError("cost", "the value is nested too deep", frame.source, offset);
    }
    throw error;
  }
}

export function constantCode(type: ExpressionType, offset: number, value: unknown): Code {
  return { type, offset, run: () => value, constant: { value } };
}

export function timeCode(type: ExpressionType, offset: number, ms: NumberRun): Code {
  return {
    type,
    offset,
    ms,
    run: type.kind === "time" ? (frame) => new TimeValue(ms(frame)) : (frame) => new DurationValue(ms(frame)),
  };
}

/** Reader of the milliseconds of a time or duration. */
export function msOf(code: Code): NumberRun {
  const { ms, run } = code;
  return ms ?? ((frame) => (run(frame) as TimeValue | DurationValue).ms);
}

/** Refuses nil when the code runs; a no-op for types that are never nil. */
export function present(code: Code, what: string): Code {
  if (code.type.kind !== "optional") return code;
  const { run, offset } = code;
  return {
    type: withoutNil(code.type),
    offset,
    run: (frame) => {
      const value = run(frame);
      if (value === null || value === undefined) throw runtimeError(frame, offset, `${what} is nil`);
      return value;
    },
  };
}

type CheckedKind = "number" | "boolean" | "string" | "time" | "duration" | "array" | "map";

const RUNTIME_CHECKS: Readonly<Record<CheckedKind, (value: unknown) => boolean>> = {
  number: (value) => typeof value === "number",
  boolean: (value) => typeof value === "boolean",
  string: (value) => typeof value === "string",
  time: (value) => value instanceof TimeValue,
  duration: (value) => value instanceof DurationValue,
  array: Array.isArray,
  map: isMap,
};

const CHECKED_TYPES: Readonly<Record<CheckedKind, ExpressionType>> = {
  number: NUMBER,
  boolean: BOOLEAN,
  string: STRING,
  time: { kind: "time" },
  duration: { kind: "duration" },
  array: { kind: "array", element: ANY },
  map: { kind: "map", value: ANY },
};

/**
 * Demands a type: at compile time where it is known, when the code runs where it is `any` or may be nil.
 *
 * @param what the thing as the message names it, for example `the operand of not`
 */
export function expectKind(scope: Scope, code: Code, kind: CheckedKind, what: string): Code {
  const known = present(code, what);
  if (known.type.kind === kind) return known;
  if (known.type.kind !== "any") {
    const wanted = describeType(CHECKED_TYPES[kind]);
    throw compileError(scope, code.offset, `${what} must be a ${wanted} but is ${withArticle(describeType(code.type))}`);
  }
  const { run, offset } = known;
  const holds = RUNTIME_CHECKS[kind];
  const wanted = describeType(CHECKED_TYPES[kind]);
  return {
    type: CHECKED_TYPES[kind],
    offset,
    run: (frame) => {
      const value = run(frame);
      if (!holds(value))
        throw runtimeError(frame, offset, `${what} must be a ${wanted} but is ${withArticle(typeName(value))}`);
      return value;
    },
  };
}

function withArticle(type: string): string {
  if (type === "any" || type === "nil") return type;
  return `${/^[aeio]/.test(type) ? "an" : "a"} ${type}`;
}

/** Number of an expression as a typed closure. */
export function numberRun(scope: Scope, code: Code, what: string): NumberRun {
  return expectKind(scope, code, "number", what).run as NumberRun;
}

/** Copies records into maps, so that a value can stand where its type is no longer known. */
export function asPlain(code: Code): Code {
  const convert = plainConverter(code.type);
  if (convert === undefined) return code;
  const { run, offset } = code;
  return {
    type: ANY,
    offset,
    run: (frame) => {
      const value = run(frame);
      return value === null || value === undefined ? null : convert(value, frame, offset);
    },
  };
}

type Converter = (value: unknown, frame: Frame, offset: number) => unknown;

function plainConverter(type: ExpressionType): Converter | undefined {
  if (type.kind === "optional") return plainConverter(type.of);
  if (type.kind === "record") return recordConverter(type);
  if (type.kind !== "array") return undefined;
  const element = plainConverter(type.element);
  if (element === undefined) return undefined;
  return (value, frame, offset) => {
    const elements = value as readonly unknown[];
    spendList(frame, elements.length, offset);
    return elements.map((one) => element(one, frame, offset));
  };
}

function recordConverter(type: RecordType): Converter {
  const fields = [...type.fields].map(([name, { type: fieldType, get }]) => ({
    name,
    get,
    isTime: fieldType.kind === "time",
    convert: plainConverter(fieldType),
  }));
  return (value, frame, offset) => {
    spend(frame, fields.length, offset);
    const plain: Record<string, unknown> = Object.create(null);
    for (const { name, get, isTime, convert } of fields) {
      const content = get(value as never) ?? null;
      plain[name] = isTime
        ? new TimeValue(content as number)
        : convert === undefined
          ? content
          : convert(content, frame, offset);
    }
    return plain;
  };
}
