/** A moment, in UTC milliseconds since 1970; what time fields, `now()` and `date()` give inside an expression. */
export class TimeValue {
  readonly ms: number;

  constructor(ms: number) {
    this.ms = ms;
  }
}

/** A span of time in milliseconds; what `duration()` and the difference of two times give. */
export class DurationValue {
  readonly ms: number;

  constructor(ms: number) {
    this.ms = ms;
  }
}

/** Deepest structure that equality and printing walk into; deeper ones are refused, so recursion stays bounded. */
export const MAX_VALUE_DEPTH = 64;

/** Called with the number of values looked at; throws when the evaluation has cost too much. */
export type Spend = (steps: number) => void;

export class DepthError extends Error {}

/** Name of a runtime value's type for messages and for `type()`. */
export function typeName(value: unknown): string {
  if (value === null || value === undefined) return "nil";
  if (typeof value === "number") return Number.isInteger(value) ? "int" : "float";
  if (typeof value === "boolean") return "bool";
  if (typeof value === "string") return "string";
  if (Array.isArray(value)) return "array";
  if (value instanceof TimeValue) return "time.Time";
  if (value instanceof DurationValue) return "time.Duration";
  return "map";
}

export function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof TimeValue) &&
    !(value instanceof DurationValue)
  );
}

/** Own property of a map, nil when it is missing: what every object inherits is never visible to an expression. */
export function mapEntry(map: Readonly<Record<string, unknown>>, key: string): unknown {
  return Object.hasOwn(map, key) ? (map[key] ?? null) : null;
}

/** Deep equality; values of different types are unequal. */
export function equalValues(left: unknown, right: unknown, spend: Spend, depth = 0): boolean {
  if (left === right) return true;
  if (left === null || left === undefined) return right === null || right === undefined;
  if (typeof left !== "object" || typeof right !== "object" || right === null) return false;
  if (depth > MAX_VALUE_DEPTH) throw new DepthError();
  if (left instanceof TimeValue) return right instanceof TimeValue && left.ms === right.ms;
  if (left instanceof DurationValue) return right instanceof DurationValue && left.ms === right.ms;
  if (Array.isArray(left)) {
    if (!Array.isArray(right) || left.length !== right.length) return false;
    spend(left.length);
    return left.every((value, index) => equalValues(value, right[index], spend, depth + 1));
  }
  if (!isMap(left) || !isMap(right)) return false;
  const keys = Object.keys(left);
  spend(keys.length);
  if (keys.length !== Object.keys(right).length) return false;
  return keys.every((key) => Object.hasOwn(right, key) && equalValues(left[key], right[key], spend, depth + 1));
}

/**
 * Order of two values of one type: negative, 0 or positive.
 *
 * @returns undefined when they have no order (different types, or neither number, string, time nor duration)
 */
export function compareValues(left: unknown, right: unknown): number | undefined {
  if (typeof left === "number" && typeof right === "number") return left - right;
  if (typeof left === "string" && typeof right === "string") return left < right ? -1 : left > right ? 1 : 0;
  if (left instanceof TimeValue && right instanceof TimeValue) return left.ms - right.ms;
  if (left instanceof DurationValue && right instanceof DurationValue) return left.ms - right.ms;
  return undefined;
}
