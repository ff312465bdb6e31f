import {
  type Code,
  compileError,
  expectKind,
  type Frame,
  msOf,
  numberRun,
  present,
  type Run,
  runtimeError,
  type Scope,
  spendList,
  timeCode,
} from "./code.ts";
import { dynamicEntry } from "./equality.ts";
import { DURATION_METHODS, type Method, TIME_METHODS } from "./methods.ts";
import type { IndexNode, MemberNode, MethodNode, SliceNode } from "./syntax.ts";
import { ANY, describeType, type ExpressionType, optionalOf, type RecordType, withoutNil } from "./types.ts";
import { DurationValue, mapEntry, TimeValue, typeName } from "./values.ts";

/** `object.Name` of a record, a map, or a value of unknown type such as labels. */
export function compileMember(scope: Scope, node: MemberNode): Code {
  const object = node.optional
    ? scope.compile(scope, node.object)
    : present(scope.compile(scope, node.object), `the value before .${node.name}`);
  const type = withoutNil(object.type);
  if (type.kind === "record") return recordField(scope, object, type, node.name, node.offset);
  return entryOf(scope, object, node.name, node.offset);
}

function entryOf(scope: Scope, object: Code, name: string, offset: number): Code {
  const type = withoutNil(object.type);
  const { run } = object;
  if (type.kind === "any" || type.kind === "nil") {
    return { type: ANY, offset, run: (frame) => dynamicEntry(frame, offset, run(frame), name) };
  }
  if (type.kind === "map") {
    const read: Run = (frame) => {
      const map = run(frame) as Readonly<Record<string, unknown>> | null;
      return map === null ? null : mapEntry(map, name);
    };
    return { type: optionalOf(type.value), offset, run: read };
  }
  const isMethod = methodsOf(type)?.has(name) === true;
  const hint = isMethod ? `, call it as ${name}()` : "";
  throw compileError(scope, offset, `a ${describeType(type)} has no field ${name}${hint}`);
}

/** Reads a field of a host object; the object may be nil where the access is optional. */
export function recordField(scope: Scope, object: Code, type: RecordType, name: string, offset: number): Code {
  const found = type.fields.get(name);
  if (found === undefined) {
    throw compileError(scope, offset, `${type.name} has no field ${name}, it has ${[...type.fields.keys()].join(", ")}`);
  }
  const { run } = object;
  const get = found.get as (host: unknown) => unknown;
  if (object.type.kind === "optional") {
    const read: Run = (frame) => {
      const host = run(frame);
      if (host === null || host === undefined) return null;
      const value = get(host) ?? null;
      return found.type.kind === "time" ? new TimeValue(value as number) : value;
    };
    return { type: optionalOf(found.type), offset, run: read };
  }
  return hostField(found.type, offset, (frame) => get(run(frame)));
}

/** Value that comes from the host: times are milliseconds there, and a missing value of unknown type is nil. */
export function hostField(type: ExpressionType, offset: number, run: Run): Code {
  if (type.kind === "time" || type.kind === "duration") return timeCode(type, offset, run as (frame: Frame) => number);
  if (type.kind === "any" || type.kind === "optional") return { type, offset, run: (frame) => run(frame) ?? null };
  return { type, offset, run };
}

export function compileIndex(scope: Scope, node: IndexNode): Code {
  const object = node.optional
    ? scope.compile(scope, node.object)
    : present(scope.compile(scope, node.object), "the indexed value");
  const index = scope.compile(scope, node.index);
  const type = withoutNil(object.type);
  const { offset } = node;
  const key = index.constant?.value;
  if (type.kind === "record" && typeof key === "string") return recordField(scope, object, type, key, offset);
  const fits = type.kind === "array" || type.kind === "map" || type.kind === "any" || type.kind === "nil";
  if (!fits) throw compileError(scope, offset, `a ${describeType(type)} cannot be indexed`);
  if (type.kind === "array") numberRun(scope, index, "the index of a list");
  const [objectRun, indexRun] = [object.run, present(index, "the index").run];
  const resultType =
    type.kind === "array" ? elementType(type.element, node.optional) : type.kind === "map" ? optionalOf(type.value) : ANY;
  return { type: resultType, offset, run: (frame) => entryAt(frame, offset, objectRun(frame), indexRun(frame)) };
}

function elementType(type: ExpressionType, optional: boolean): ExpressionType {
  return optional ? optionalOf(type) : type;
}

function entryAt(frame: Frame, offset: number, object: unknown, index: unknown): unknown {
  if (object === null || object === undefined) return null;
  if (!Array.isArray(object)) {
    if (typeof index !== "string" && typeof index !== "number") {
      throw runtimeError(frame, offset, `the key of a map must be a string but is ${typeName(index)}`);
    }
    return dynamicEntry(frame, offset, object, String(index));
  }
  if (typeof index !== "number" || !Number.isInteger(index)) {
    throw runtimeError(frame, offset, `the index of a list must be a whole number but is ${typeName(index)}`);
  }
  const at = index < 0 ? object.length + index : index;
  if (at < 0 || at >= object.length) {
    throw runtimeError(frame, offset, `index ${index} is outside a list of ${object.length}`);
  }
  return object[at] ?? null;
}

/** `list[from:to]` and `text[from:to]`; negative bounds count from the end, bounds outside are cut. */
export function compileSlice(scope: Scope, node: SliceNode): Code {
  const object = present(scope.compile(scope, node.object), "the sliced value");
  const from = node.from === undefined ? undefined : numberRun(scope, scope.compile(scope, node.from), "the start of a slice");
  const to = node.to === undefined ? undefined : numberRun(scope, scope.compile(scope, node.to), "the end of a slice");
  const { kind } = object.type;
  const { offset } = node;
  if (kind !== "array" && kind !== "string" && kind !== "any") {
    throw compileError(scope, offset, `a ${describeType(object.type)} cannot be sliced`);
  }
  const { run } = object;
  const slice = (frame: Frame): unknown => {
    const value = run(frame);
    const [start, end] = [from?.(frame) ?? 0, to?.(frame)];
    if (typeof value === "string") return [...value].slice(start, end).join("");
    if (!Array.isArray(value)) throw runtimeError(frame, offset, `${typeName(value)} cannot be sliced`);
    const part = value.slice(start, end);
    spendList(frame, part.length, offset);
    return part;
  };
  return { type: object.type, offset, run: slice };
}

function methodsOf(type: ExpressionType): ReadonlyMap<string, Method> | undefined {
  if (type.kind === "time") return TIME_METHODS;
  return type.kind === "duration" ? DURATION_METHODS : undefined;
}

/** `time.Unix()` and the like. */
export function compileMethod(scope: Scope, node: MethodNode): Code {
  const compiled = scope.compile(scope, node.object);
  if (compiled.type.kind === "any" || node.optional) return dynamicMethod(scope, node, compiled);
  const object = present(compiled, `the value before .${node.name}`);
  const method = methodsOf(object.type)?.get(node.name);
  if (method === undefined) throw compileError(scope, node.offset, `a ${describeType(object.type)} has no method ${node.name}`);
  const ms = msOf(object);
  const { offset } = node;
  const call = method.call as (ms: number, argument: unknown) => unknown;
  const argument = argumentRun(scope, node, method);
  const run: Run = argument === undefined ? (frame) => call(ms(frame), undefined) : (frame) => call(ms(frame), argument(frame));
  return hostField(method.result, offset, run);
}

function argumentRun(scope: Scope, node: MethodNode, method: Method): Run | undefined {
  const wanted = method.parameter === undefined ? 0 : 1;
  if (node.args.length !== wanted) {
    throw compileError(scope, node.offset, `${node.name} takes ${wanted === 0 ? "no argument" : "one argument"}`);
  }
  const [argument] = node.args;
  if (method.parameter === undefined || argument === undefined) return undefined;
  const code = expectKind(scope, scope.compile(scope, argument), method.parameter, `the argument of ${node.name}`);
  return method.parameter === "string" ? code.run : msOf(code);
}

/** Method of a value whose type is known only at run time. */
function dynamicMethod(scope: Scope, node: MethodNode, object: Code): Code {
  const { name, offset } = node;
  const candidates = [TIME_METHODS.get(name), DURATION_METHODS.get(name)];
  if (candidates.every((method) => method === undefined)) throw compileError(scope, offset, `there is no method ${name}`);
  const [onTime, onDuration] = candidates.map((method) =>
    method === undefined ? undefined : { ...method, argument: argumentRun(scope, node, method) },
  );
  const { run } = object;
  const call = (frame: Frame): unknown => {
    const value = run(frame);
    if ((value === null || value === undefined) && node.optional) return null;
    const method = value instanceof TimeValue ? onTime : value instanceof DurationValue ? onDuration : undefined;
    if (method === undefined) throw runtimeError(frame, offset, `${typeName(value)} has no method ${name}`);
    const result = method.call((value as TimeValue).ms, method.argument?.(frame) as never);
    if (method.result.kind === "time") return new TimeValue(result as number);
    return method.result.kind === "duration" ? new DurationValue(result as number) : result;
  };
  return { type: ANY, offset, run: call };
}
