import { compileIndex, compileMember, compileMethod, compileSlice, hostField } from "./access.ts";
import {
  asPlain,
  type Code,
  compileError,
  constantCode,
  expectKind,
  type Frame,
  type Run,
  runtimeError,
  type Scope,
} from "./code.ts";
import { compileCoalesce, compileEquality, compileMatches, compileMembership } from "./equality.ts";
import { LIST_FUNCTIONS } from "./list-functions.ts";
import { compileArithmetic, compileLogic, compileOrdering, compileRange, compileTextTest, compileUnary } from "./operators.ts";
import { parseExpression } from "./parser.ts";
import { WALKING_FUNCTIONS } from "./predicates.ts";
import { type Builtin, SCALAR_FUNCTIONS } from "./scalar-functions.ts";
import type { BinaryNode, CallNode, ConditionalNode, ExpressionNode } from "./syntax.ts";
import {
  ANY,
  arrayOf,
  BOOLEAN,
  type Environment,
  type ExpressionInputs,
  type ExpressionType,
  NIL,
  NUMBER,
  STRING,
  unifyTypes,
} from "./types.ts";

/** What the whole expression must give. */
export type ResultType = "number" | "boolean" | "any";

export type ResultOf<R extends ResultType> = R extends "number" ? number : R extends "boolean" ? boolean : unknown;

export interface CompileOptions<Inputs extends ExpressionInputs, R extends ResultType> {
  /** Names that the expression may use. */
  readonly environment: Environment<Inputs>;
  /** Demanded type of the result; `any` takes everything. */
  readonly resultType: R;
  /**
   * Most steps of one evaluation, default 100,000,000: about a second. Every element that a predicate sees costs as many
   * steps as the predicate has parts.
   */
  readonly maxSteps?: number;
}

/** An expression ready to run. It holds no state: one may be used for any number of evaluations, one inside another too. */
export interface CompiledExpression<Inputs extends ExpressionInputs, Result> {
  readonly source: string;
  /** Variables that the expression reads, so that a caller need not load what is not among them. */
  readonly variables: ReadonlySet<string>;
  /**
   * Evaluates against one set of inputs.
   *
   * @returns the value; records of the host come out as maps with the names of the expression language, times and
   *   durations as `TimeValue` and `DurationValue`, a missing value as null
   * @throws {ExpressionError} of kind runtime when values do not fit the operators, of kind cost past `maxSteps`
   */
  evaluate(inputs: Inputs): Result;
}

const MAX_COMPILED_NODES = 20_000;
const DEFAULT_MAX_STEPS = 100_000_000;

/**
 * Parses, checks and compiles an expression to closures.
 *
 * @throws {ExpressionError} of kind syntax or type, with the position of the first problem; of kind cost when the source is too large
 * Cost: O(length of the source); an evaluation costs a few nanoseconds per part of the expression and element.
 */
export function compileExpression<Inputs extends ExpressionInputs, R extends ResultType>(
  source: string,
  options: CompileOptions<Inputs, R>,
): CompiledExpression<Inputs, ResultOf<R>> {
  const { root } = parseExpression(source);
  const usedVariables = new Set<string>();
  const scope: Scope = {
    source,
    environment: options.environment,
    usedVariables,
    work: { nodes: 0 },
    elementType: undefined,
    accumulatorType: undefined,
    compile: compileNode,
  };
  const run = resultRun(scope, compileNode(scope, root), options.resultType);
  const maxSteps = options.maxSteps ?? DEFAULT_MAX_STEPS;
  const evaluate = (inputs: Inputs): ResultOf<R> => {
    const frame: Frame = { inputs, source, maxSteps, steps: 0, element: undefined, index: 0, accumulator: undefined };
    return run(frame) as ResultOf<R>;
  };
  return { source, variables: usedVariables, evaluate };
}

function resultRun(scope: Scope, code: Code, resultType: ResultType): Run {
  if (resultType === "any") return asPlain(code).run;
  // A result of unknown type is refused at load: it would fail on some item only, long after.
  if (code.type.kind === "any") {
    throw compileError(
      scope,
      0,
      `the expression must be a ${resultType} but its type is not known${conversionHint(resultType)}`,
    );
  }
  return expectKind(scope, { ...code, offset: 0 }, resultType, "the expression").run;
}

function conversionHint(resultType: ResultType): string {
  return resultType === "number" ? ", convert it with float(...)" : ", compare it with something";
}

function compileNode(scope: Scope, node: ExpressionNode): Code {
  // Reduce compiles its body twice when it must guess a type: without a budget, nesting would double the work each time.
  if (++scope.work.nodes > MAX_COMPILED_NODES) throw compileError(scope, node.offset, "the expression is too complex", "cost");
  switch (node.kind) {
    case "literal":
      return literal(node.offset, node.value);
    case "identifier":
      return variable(scope, node.offset, node.name);
    case "pointer":
      return pointer(scope, node.offset, node.name);
    case "member":
      return compileMember(scope, node);
    case "index":
      return compileIndex(scope, node);
    case "slice":
      return compileSlice(scope, node);
    case "method":
      return compileMethod(scope, node);
    case "call":
      return call(scope, node);
    case "unary":
      return compileUnary(scope, node);
    case "binary":
      return binary(scope, node);
    case "conditional":
      return conditional(scope, node);
    case "array":
      return arrayLiteral(scope, node.offset, node.elements);
    case "map":
      return mapLiteral(scope, node);
    default:
      throw compileError(scope, node.offset, "a predicate is not expected here", "syntax");
  }
}

function literal(offset: number, value: null | boolean | number | string): Code {
  const types: Readonly<Record<string, ExpressionType>> = { boolean: BOOLEAN, number: NUMBER, string: STRING };
  return constantCode(types[typeof value] ?? NIL, offset, value);
}

function variable(scope: Scope, offset: number, name: string): Code {
  const found = scope.environment.variables.get(name);
  if (found === undefined) {
    const known = [...scope.environment.variables.keys()].join(", ");
    const isFunction = functionNamed(name) !== undefined;
    throw compileError(
      scope,
      offset,
      isFunction ? `${name} is a function, call it as ${name}(...)` : `unknown name ${name}, known are ${known}`,
    );
  }
  scope.usedVariables.add(name);
  const get = found.get as (inputs: unknown) => unknown;
  return hostField(found.type, offset, (frame) => get(frame.inputs));
}

function pointer(scope: Scope, offset: number, name: "element" | "index" | "accumulator"): Code {
  if (name === "index") return { type: NUMBER, offset, run: (frame) => frame.index };
  if (name === "accumulator") {
    if (scope.accumulatorType === undefined) throw compileError(scope, offset, "#acc is known only inside reduce");
    return { type: scope.accumulatorType, offset, run: (frame) => frame.accumulator };
  }
  const type = scope.elementType ?? ANY;
  const run: Run =
    type.kind === "any" || type.kind === "optional" ? (frame) => frame.element ?? null : (frame) => frame.element;
  return { type, offset, run };
}

function functionNamed(name: string): Builtin | undefined {
  return SCALAR_FUNCTIONS.get(name) ?? LIST_FUNCTIONS.get(name) ?? WALKING_FUNCTIONS.get(name);
}

function call(scope: Scope, node: CallNode): Code {
  const builtin = functionNamed(node.name);
  if (builtin === undefined) throw compileError(scope, node.offset, `unknown function ${node.name}`);
  return builtin(scope, node);
}

function binary(scope: Scope, node: BinaryNode): Code {
  switch (node.operator) {
    case "and":
    case "or":
      return compileLogic(scope, node);
    case "==":
    case "!=":
      return compileEquality(scope, node);
    case "<":
    case "<=":
    case ">":
    case ">=":
      return compileOrdering(scope, node);
    case "in":
      return compileMembership(scope, node);
    case "matches":
      return compileMatches(scope, node);
    case "contains":
    case "startsWith":
    case "endsWith":
      return compileTextTest(scope, node);
    case "..":
      return compileRange(scope, node);
    case "??":
      return compileCoalesce(scope, node);
    default:
      return compileArithmetic(scope, node);
  }
}

function conditional(scope: Scope, node: ConditionalNode): Code {
  const condition = expectKind(scope, scope.compile(scope, node.test), "boolean", "the condition");
  const test = condition.run;
  const then = node.then === undefined ? condition : scope.compile(scope, node.then);
  const otherwise = scope.compile(scope, node.otherwise);
  const type = unifyTypes(then.type, otherwise.type);
  const isMixed = type.kind === "any";
  const thenRun = (isMixed ? asPlain(then) : then).run;
  const otherwiseRun = (isMixed ? asPlain(otherwise) : otherwise).run;
  return { type, offset: node.offset, run: (frame) => (test(frame) === true ? thenRun(frame) : otherwiseRun(frame)) };
}

function arrayLiteral(scope: Scope, offset: number, nodes: readonly ExpressionNode[]): Code {
  const elements = nodes.map((node) => scope.compile(scope, node));
  const type = elements.length === 0 ? ANY : elements.map((element) => element.type).reduce(unifyTypes);
  const constants = elements.map((element) => element.constant);
  if (constants.every((constant) => constant !== undefined)) {
    return constantCode(arrayOf(type), offset, Object.freeze(constants.map((constant) => constant.value)));
  }
  const runs = elements.map((element) => (type.kind === "any" ? asPlain(element) : element).run);
  return { type: arrayOf(type), offset, run: (frame) => runs.map((run) => run(frame)) };
}

function mapLiteral(scope: Scope, node: ExpressionNode & { readonly kind: "map" }): Code {
  const entries = node.entries.map((entry) => ({
    key: scope.compile(scope, entry.key).run,
    value: asPlain(scope.compile(scope, entry.value)),
    offset: entry.key.offset,
  }));
  const run = (frame: Frame): unknown => {
    const map: Record<string, unknown> = Object.create(null);
    for (const { key, value, offset } of entries) {
      const name = key(frame);
      if (typeof name !== "string") throw runtimeError(frame, offset, "the key of a map must be a string");
      map[name] = value.run(frame);
    }
    return map;
  };
  const type = entries.length === 0 ? ANY : entries.map((entry) => entry.value.type).reduce(unifyTypes);
  return { type: { kind: "map", value: type }, offset: node.offset, run };
}
