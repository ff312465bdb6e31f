/** One field of a record: its type inside expressions, and how it is read from the host object. */
export interface Field<Host> {
  readonly type: ExpressionType;
  readonly get: (host: Host) => unknown;
}

/** An object of the host with named, typed fields. */
export interface RecordType {
  readonly kind: "record";
  readonly name: string;
  readonly fields: ReadonlyMap<string, Field<never>>;
}

/** Static type of an expression. `any` is checked when it is used, not before; `optional` may be nil. */
export type ExpressionType =
  | { readonly kind: "any" | "nil" | "number" | "boolean" | "string" | "time" | "duration" }
  | { readonly kind: "array"; readonly element: ExpressionType }
  | { readonly kind: "map"; readonly value: ExpressionType }
  | { readonly kind: "optional"; readonly of: ExpressionType }
  | RecordType;

/**
 * Variables of an expression by name, each a property of the object handed to `evaluate`.
 *
 * @typeParam Inputs what `evaluate` takes; `now` is the current time in UTC milliseconds
 */
export interface Environment<Inputs extends ExpressionInputs> {
  readonly variables: ReadonlyMap<string, Field<Inputs>>;
}

export interface ExpressionInputs {
  /** UTC milliseconds, what `now()` gives. */
  readonly now: number;
}

export const ANY: ExpressionType = { kind: "any" };
export const NIL: ExpressionType = { kind: "nil" };
export const NUMBER: ExpressionType = { kind: "number" };
export const BOOLEAN: ExpressionType = { kind: "boolean" };
export const STRING: ExpressionType = { kind: "string" };
export const TIME: ExpressionType = { kind: "time" };
export const DURATION: ExpressionType = { kind: "duration" };

/** List of elements of one type. Times inside lists of the host are not converted: declare a record with a time field. */
export function arrayOf(element: ExpressionType): ExpressionType {
  return { kind: "array", element };
}

/** Either the type or nil. */
export function optionalOf(type: ExpressionType): ExpressionType {
  return type.kind === "any" || type.kind === "nil" || type.kind === "optional" ? type : { kind: "optional", of: type };
}

/** Field with its reader; a field of type time reads UTC milliseconds. */
export function field<Host>(type: ExpressionType, get: (host: Host) => unknown): Field<Host> {
  return { type, get };
}

/** Declares a host object by its fields, for example `record<Row>("row", { Name: field(STRING, (row) => row.name) })`. */
export function record<Host>(name: string, fields: Readonly<Record<string, Field<Host>>>): RecordType {
  return { kind: "record", name, fields: new Map(Object.entries(fields)) };
}

/** Declares the variables of an expression. */
export function environment<Inputs extends ExpressionInputs>(
  variables: Readonly<Record<string, Field<Inputs>>>,
): Environment<Inputs> {
  return { variables: new Map(Object.entries(variables)) };
}

/** A type as messages name it. */
export function describeType(type: ExpressionType): string {
  switch (type.kind) {
    case "array":
      return type.element.kind === "any" ? "list" : `list of ${describeType(type.element)}`;
    case "record":
      return type.name;
    case "optional":
      return `${describeType(type.of)} or nil`;
    default:
      return type.kind;
  }
}

export function sameType(left: ExpressionType, right: ExpressionType): boolean {
  if (left.kind === "array") return right.kind === "array" && sameType(left.element, right.element);
  if (left.kind === "map") return right.kind === "map" && sameType(left.value, right.value);
  if (left.kind === "optional") return right.kind === "optional" && sameType(left.of, right.of);
  if (left.kind === "record") return left === right;
  return left.kind === right.kind;
}

/** Narrowest type that holds values of both; `any` when they have nothing in common. */
export function unifyTypes(left: ExpressionType, right: ExpressionType): ExpressionType {
  if (sameType(left, right)) return left;
  if (left.kind === "nil") return optionalOf(right);
  if (right.kind === "nil") return optionalOf(left);
  if (left.kind === "optional" || right.kind === "optional") {
    const inner = unifyTypes(withoutNil(left), withoutNil(right));
    return inner.kind === "any" ? ANY : optionalOf(inner);
  }
  return ANY;
}

export function withoutNil(type: ExpressionType): ExpressionType {
  return type.kind === "optional" ? type.of : type;
}
