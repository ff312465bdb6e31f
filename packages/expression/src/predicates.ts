import {
  asPlain,
  type Code,
  compileError,
  expectKind,
  type Frame,
  type Run,
  runtimeError,
  type Scope,
  spend,
  spendList,
} from "./code.ts";
import { listArgument } from "./list-functions.ts";
import type { Builtin } from "./scalar-functions.ts";
import type { CallNode, ExpressionNode } from "./syntax.ts";
import { ANY, arrayOf, BOOLEAN, type ExpressionType, NUMBER, optionalOf, sameType } from "./types.ts";
import { compareValues, typeName } from "./values.ts";

/** A call over the elements of a list, with its parts compiled. */
interface Walk {
  readonly list: Run;
  readonly element: ExpressionType;
  readonly body: Code;
  /** Steps that one element costs: the size of the predicate. */
  readonly steps: number;
  readonly offset: number;
}

function compileWalk(scope: Scope, node: CallNode, accumulator?: ExpressionType): Walk {
  const [listNode, predicate] = node.args;
  if (listNode === undefined || predicate?.kind !== "predicate") {
    throw compileError(scope, node.offset, `${node.name} needs a list and a predicate`);
  }
  const { list, element } = listArgument(scope, node, scope.compile(scope, listNode));
  const inner: Scope = { ...scope, elementType: element, accumulatorType: accumulator };
  const body = scope.compile(inner, predicate.body);
  return { list: list.run, element, body, steps: countNodes(predicate.body), offset: node.offset };
}

function countNodes(node: ExpressionNode): number {
  let count = 1;
  for (const part of Object.values(node) as unknown[]) {
    for (const child of Array.isArray(part) ? part : [part]) {
      if (typeof child === "object" && child !== null) count += countNodes(child as ExpressionNode);
    }
  }
  return count;
}

/** Index of the first element whose predicate gives `wanted`, or -1. */
function findIndex(frame: Frame, list: readonly unknown[], body: Run, wanted: boolean): number {
  const { element, index } = frame;
  let found = -1;
  for (let at = 0; at < list.length; at++) {
    frame.element = list[at];
    frame.index = at;
    if (body(frame) === wanted) {
      found = at;
      break;
    }
  }
  frame.element = element;
  frame.index = index;
  return found;
}

function countMatches(frame: Frame, list: readonly unknown[], body: Run): number {
  const { element, index } = frame;
  let count = 0;
  for (let at = 0; at < list.length; at++) {
    frame.element = list[at];
    frame.index = at;
    if (body(frame) === true) count++;
  }
  frame.element = element;
  frame.index = index;
  return count;
}

function mapElements(frame: Frame, list: readonly unknown[], body: Run): unknown[] {
  const { element, index } = frame;
  const results: unknown[] = new Array(list.length);
  for (let at = 0; at < list.length; at++) {
    frame.element = list[at];
    frame.index = at;
    results[at] = body(frame);
  }
  frame.element = element;
  frame.index = index;
  return results;
}

function sumElements(frame: Frame, list: readonly unknown[], body: Run): number {
  const { element, index } = frame;
  let total = 0;
  for (let at = 0; at < list.length; at++) {
    frame.element = list[at];
    frame.index = at;
    total += body(frame) as number;
  }
  frame.element = element;
  frame.index = index;
  return total;
}

/** Reads the list and charges for the walk over it. */
function startWalk(frame: Frame, walk: Walk): readonly unknown[] {
  const list = walk.list(frame) as readonly unknown[];
  spend(frame, list.length * walk.steps, walk.offset);
  return list;
}

type Test = (frame: Frame, list: readonly unknown[], body: Run) => unknown;

/** A function whose predicate must be boolean. */
function testing(type: (element: ExpressionType) => ExpressionType, test: Test): Builtin {
  return (scope, node) => {
    if (node.args.length !== 2)
      throw compileError(scope, node.offset, `${node.name} takes 2 arguments, not ${node.args.length}`);
    const walk = compileWalk(scope, node);
    const body = expectKind(scope, walk.body, "boolean", `the predicate of ${node.name}`).run;
    return { type: type(walk.element), offset: node.offset, run: (frame) => test(frame, startWalk(frame, walk), body) };
  };
}

const boolean = (): ExpressionType => BOOLEAN;

const filter: Test = (frame, list, body) => {
  const keep = mapElements(frame, list, body);
  return list.filter((_, at) => keep[at] === true);
};

const find: Test = (frame, list, body) => {
  const at = findIndex(frame, list, body, true);
  return at < 0 ? null : (list[at] ?? null);
};

/** `count(list)` counts what is true, `count(list, predicate)` the elements for which the predicate is. */
const count: Builtin = (scope, node) => {
  if (node.args.length !== 1) return testing(() => NUMBER, countMatches)(scope, node);
  const { list } = listArgument(scope, node, scope.compile(scope, argumentNode(scope, node, 0)));
  const { run } = list;
  const read = (frame: Frame): number => {
    const elements = run(frame) as readonly unknown[];
    spend(frame, elements.length, node.offset);
    return elements.reduce<number>((total, element) => (element === true ? total + 1 : total), 0);
  };
  return { type: NUMBER, offset: node.offset, run: read };
};

function argumentNode(scope: Scope, node: CallNode, index: number): ExpressionNode {
  const argument = node.args[index];
  if (argument === undefined) throw compileError(scope, node.offset, `${node.name} needs a list`);
  return argument;
}

const sum: Builtin = (scope, node) => {
  if (node.args.length > 2) throw compileError(scope, node.offset, `sum takes 1 to 2 arguments, not ${node.args.length}`);
  // Without a predicate the element itself is summed.
  const identity: ExpressionNode = {
    kind: "predicate",
    offset: node.offset,
    body: { kind: "pointer", offset: node.offset, name: "element" },
  };
  const args = [argumentNode(scope, node, 0), node.args[1] ?? identity];
  const walk = compileWalk(scope, { ...node, args });
  const body = expectKind(scope, walk.body, "number", "what sum adds").run;
  return { type: NUMBER, offset: node.offset, run: (frame) => sumElements(frame, startWalk(frame, walk), body) };
};

const map: Builtin = (scope, node) => {
  if (node.args.length !== 2) throw compileError(scope, node.offset, `map takes 2 arguments, not ${node.args.length}`);
  const walk = compileWalk(scope, node);
  const body = walk.body.run;
  const run = (frame: Frame): unknown[] => {
    const list = startWalk(frame, walk);
    spendList(frame, list.length, node.offset);
    return mapElements(frame, list, body);
  };
  return { type: arrayOf(walk.body.type), offset: node.offset, run };
};

const groupBy: Builtin = (scope, node) => {
  if (node.args.length !== 2) throw compileError(scope, node.offset, `groupBy takes 2 arguments, not ${node.args.length}`);
  const walk = compileWalk(scope, node);
  const body = walk.body.run;
  const { offset } = node;
  const run = (frame: Frame): unknown => {
    const list = startWalk(frame, walk);
    spendList(frame, list.length, offset);
    const groups: Record<string, unknown[]> = Object.create(null);
    for (const [at, key] of mapElements(frame, list, body).entries()) {
      if (typeof key === "object" && key !== null)
        throw runtimeError(frame, offset, `groupBy cannot use a ${typeName(key)} as key`);
      const name = String(key ?? "nil");
      const group = groups[name];
      if (group === undefined) groups[name] = [list[at]];
      else group.push(list[at]);
    }
    return groups;
  };
  return { type: { kind: "map", value: arrayOf(walk.element) }, offset, run };
};

const sortBy: Builtin = (scope, node) => {
  if (node.args.length > 3) throw compileError(scope, node.offset, `sortBy takes 2 to 3 arguments, not ${node.args.length}`);
  const walk = compileWalk(scope, node);
  const [, , orderNode] = node.args;
  const order =
    orderNode === undefined
      ? undefined
      : expectKind(scope, scope.compile(scope, orderNode), "string", "the order of sortBy").run;
  const body = walk.body.run;
  const { offset } = node;
  const run = (frame: Frame): unknown[] => {
    const list = startWalk(frame, walk);
    const direction = (order?.(frame) ?? "asc") as string;
    if (direction !== "asc" && direction !== "desc")
      throw runtimeError(frame, offset, 'the order of sortBy is "asc" or "desc"');
    spendList(frame, 2 * list.length, offset);
    spend(frame, list.length * Math.ceil(Math.log2(list.length + 1)), offset);
    const keys = mapElements(frame, list, body);
    const sign = direction === "asc" ? 1 : -1;
    return [...list.keys()].sort((a, b) => sign * orderOf(frame, offset, keys[a], keys[b])).map((at) => list[at]);
  };
  return { type: arrayOf(walk.element), offset, run };
};

function orderOf(frame: Frame, offset: number, left: unknown, right: unknown): number {
  const order = compareValues(left, right);
  if (order === undefined) {
    throw runtimeError(frame, offset, `sortBy cannot compare ${typeName(left)} with ${typeName(right)}`);
  }
  return order;
}

/** `reduce(list, predicate, initial)`; without an initial value the first element starts. */
const reduce: Builtin = (scope, node) => {
  if (node.args.length > 3) throw compileError(scope, node.offset, `reduce takes 2 to 3 arguments, not ${node.args.length}`);
  const [listNode, , initialNode] = node.args;
  if (listNode === undefined) throw compileError(scope, node.offset, "reduce needs a list");
  const initial = initialNode === undefined ? undefined : asPlain(scope.compile(scope, initialNode));
  const start = initial?.type ?? listArgument(scope, node, scope.compile(scope, listNode)).element;
  const typed = compileWalk(scope, node, start);
  const isStable = sameType(start, typed.body.type);
  if (!isStable && initial === undefined) {
    throw compileError(scope, node.offset, "reduce without an initial value must give what the elements are");
  }
  // A step that gives another type than the start leaves nothing known about the accumulator.
  const walk = isStable ? typed : compileWalk(scope, node, ANY);
  const resultType = isStable ? start : ANY;
  const body = walk.body.run;
  const initialRun = initial?.run;
  const run = (frame: Frame): unknown => {
    const list = startWalk(frame, walk);
    if (initialRun === undefined && list.length === 0) throw runtimeError(frame, node.offset, "reduce of an empty list");
    return accumulate(
      frame,
      list,
      body,
      initialRun === undefined ? list[0] : initialRun(frame),
      initialRun === undefined ? 1 : 0,
    );
  };
  return { type: resultType, offset: node.offset, run };
};

function accumulate(frame: Frame, list: readonly unknown[], body: Run, start: unknown, from: number): unknown {
  const { element, index, accumulator } = frame;
  frame.accumulator = start;
  for (let at = from; at < list.length; at++) {
    frame.element = list[at];
    frame.index = at;
    frame.accumulator = body(frame);
  }
  const result = frame.accumulator;
  frame.element = element;
  frame.index = index;
  frame.accumulator = accumulator;
  return result;
}

export const WALKING_FUNCTIONS: ReadonlyMap<string, Builtin> = new Map<string, Builtin>([
  ["all", testing(boolean, (frame, list, body) => findIndex(frame, list, body, false) < 0)],
  ["any", testing(boolean, (frame, list, body) => findIndex(frame, list, body, true) >= 0)],
  ["none", testing(boolean, (frame, list, body) => findIndex(frame, list, body, true) < 0)],
  ["one", testing(boolean, (frame, list, body) => countMatches(frame, list, body) === 1)],
  ["count", count],
  ["filter", testing(arrayOf, filter)],
  ["find", testing(optionalOf, find)],
  ["groupBy", groupBy],
  ["map", map],
  ["reduce", reduce],
  ["sortBy", sortBy],
  ["sum", sum],
]);
