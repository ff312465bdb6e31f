import {
  asPlain,
  type Code,
  compileError,
  expectKind,
  type Frame,
  present,
  runtimeError,
  type Scope,
  spend,
  spendList,
  withinDepth,
} from "./code.ts";
import { argumentAt, type Builtin, compileArgs } from "./scalar-functions.ts";
import type { CallNode } from "./syntax.ts";
import { ANY, arrayOf, describeType, type ExpressionType, NUMBER, optionalOf, STRING, unifyTypes } from "./types.ts";
import { DepthError, equalValues, isMap, MAX_VALUE_DEPTH, mapEntry, typeName } from "./values.ts";

/** The list argument of a function, and the type of its elements. */
export function listArgument(
  scope: Scope,
  node: CallNode,
  argument: Code,
): { readonly list: Code; readonly element: ExpressionType } {
  const list = expectKind(scope, argument, "array", `the list of ${node.name}`);
  return { list, element: list.type.kind === "array" ? list.type.element : ANY };
}

const len: Builtin = (scope, node) => {
  const argument = present(argumentAt(scope, node, compileArgs(scope, node, 1, 1), 0), "the argument of len");
  const { kind } = argument.type;
  if (kind !== "array" && kind !== "string" && kind !== "map" && kind !== "any") {
    throw compileError(scope, argument.offset, `a ${describeType(argument.type)} has no length`);
  }
  const { run } = argument;
  const { offset } = node;
  const length = (frame: Frame): number => {
    const value = run(frame);
    if (Array.isArray(value)) return value.length;
    if (typeof value === "string") {
      spend(frame, value.length >> 3, offset);
      return [...value].length;
    }
    if (!isMap(value)) throw runtimeError(frame, offset, `${typeName(value)} has no length`);
    return Object.keys(value).length;
  };
  return { type: NUMBER, offset, run: kind === "array" ? (frame) => (run(frame) as readonly unknown[]).length : length };
};

/** First or last element; nil of an empty list. */
function end(at: 0 | -1): Builtin {
  return (scope, node) => {
    const { list, element } = listArgument(scope, node, argumentAt(scope, node, compileArgs(scope, node, 1, 1), 0));
    const { run } = list;
    const read = (frame: Frame): unknown => (run(frame) as readonly unknown[]).at(at) ?? null;
    return { type: optionalOf(element), offset: node.offset, run: read };
  };
}

const get: Builtin = (scope, node) => {
  const args = compileArgs(scope, node, 2, 2);
  const [collection, key] = [asPlain(argumentAt(scope, node, args, 0)).run, argumentAt(scope, node, args, 1).run];
  const run = (frame: Frame): unknown => {
    const [value, name] = [collection(frame), key(frame)];
    if (Array.isArray(value)) return typeof name === "number" ? (value.at(Math.trunc(name)) ?? null) : null;
    return isMap(value) && typeof name === "string" ? mapEntry(value, name) : null;
  };
  return { type: ANY, offset: node.offset, run };
};

function mapParts(take: (map: Readonly<Record<string, unknown>>) => unknown[], element: ExpressionType): Builtin {
  return (scope, node) => {
    const map = expectKind(
      scope,
      argumentAt(scope, node, compileArgs(scope, node, 1, 1), 0),
      "map",
      `the argument of ${node.name}`,
    );
    const type = element.kind === "any" && map.type.kind === "map" ? map.type.value : element;
    const { run } = map;
    const read = (frame: Frame): unknown[] => {
      const parts = take(run(frame) as Readonly<Record<string, unknown>>);
      spendList(frame, parts.length, node.offset);
      return parts;
    };
    return { type: arrayOf(type), offset: node.offset, run: read };
  };
}

const unique: Builtin = (scope, node) => {
  const { list } = listArgument(scope, node, asPlain(argumentAt(scope, node, compileArgs(scope, node, 1, 1), 0)));
  const { run } = list;
  const { offset } = node;
  const read = (frame: Frame): unknown[] => {
    const elements = run(frame) as readonly unknown[];
    spendList(frame, elements.length, offset);
    const seen = new Set<unknown>();
    const objects: unknown[] = [];
    return elements.filter((element) => {
      if (typeof element !== "object" || element === null) return seen.has(element) ? false : seen.add(element);
      spend(frame, objects.length, offset);
      const isKnown = withinDepth(frame, offset, () =>
        objects.some((other) => equalValues(other, element, (steps) => spend(frame, steps, offset))),
      );
      if (!isKnown) objects.push(element);
      return !isKnown;
    });
  };
  return { type: list.type, offset, run: read };
};

const concat: Builtin = (scope, node) => {
  const lists = compileArgs(scope, node, 1, Infinity).map((argument) => listArgument(scope, node, argument));
  const element = lists.map((one) => one.element).reduce(unifyTypes);
  const runs = lists.map(({ list }) => (element.kind === "any" ? asPlain(list) : list).run);
  const run = (frame: Frame): unknown[] => {
    const parts = runs.map((one) => one(frame) as readonly unknown[]);
    spendList(
      frame,
      parts.reduce((total, part) => total + part.length, 0),
      node.offset,
    );
    return parts.flat();
  };
  return { type: arrayOf(element), offset: node.offset, run };
};

const flatten: Builtin = (scope, node) => {
  const { list, element } = listArgument(scope, node, argumentAt(scope, node, compileArgs(scope, node, 1, 1), 0));
  const { run } = list;
  let flat = element;
  while (flat.kind === "array") flat = flat.element;
  const read = (frame: Frame): unknown[] => {
    const into: unknown[] = [];
    withinDepth(frame, node.offset, () => flattenInto(frame, node.offset, run(frame) as readonly unknown[], into, 0));
    return into;
  };
  return { type: arrayOf(flat.kind === "optional" ? ANY : flat), offset: node.offset, run: read };
};

function flattenInto(frame: Frame, offset: number, list: readonly unknown[], into: unknown[], depth: number): void {
  if (depth > MAX_VALUE_DEPTH) throw new DepthError();
  spendList(frame, list.length, offset);
  for (const element of list) {
    if (Array.isArray(element)) flattenInto(frame, offset, element, into, depth + 1);
    else into.push(element);
  }
}

export const LIST_FUNCTIONS: ReadonlyMap<string, Builtin> = new Map<string, Builtin>([
  ["len", len],
  ["first", end(0)],
  ["last", end(-1)],
  ["get", get],
  ["keys", mapParts(Object.keys, STRING)],
  ["values", mapParts(Object.values, ANY)],
  ["unique", unique],
  ["uniq", unique],
  ["concat", concat],
  ["flatten", flatten],
]);
