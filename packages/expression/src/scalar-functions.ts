import {
  type Code,
  compileError,
  expectKind,
  type Frame,
  numberRun,
  present,
  type Run,
  runtimeError,
  type Scope,
  spendList,
  spendText,
  timeCode,
} from "./code.ts";
import { parseDurationText } from "./duration-text.ts";
import type { CallNode } from "./syntax.ts";
import { asText } from "./text.ts";
import { parseTime } from "./time-format.ts";
import { arrayOf, DURATION, describeType, NUMBER, STRING, TIME, withoutNil } from "./types.ts";
import { compareValues, typeName } from "./values.ts";

/** Compiles a call of one function. */
export type Builtin = (scope: Scope, node: CallNode) => Code;

/** Checks the number of arguments and compiles them. */
export function compileArgs(scope: Scope, node: CallNode, minimum: number, maximum: number): readonly Code[] {
  const { length } = node.args;
  if (length < minimum || length > maximum) {
    const wanted =
      minimum === maximum ? `${minimum}` : maximum === Infinity ? `at least ${minimum}` : `${minimum} to ${maximum}`;
    const noun = wanted === "1" || wanted === "at least 1" ? "argument" : "arguments";
    throw compileError(scope, node.offset, `${node.name} takes ${wanted} ${noun}, not ${length}`);
  }
  return node.args.map((argument) => scope.compile(scope, argument));
}

/** The argument at an index that `compileArgs` has checked to be there. */
export function argumentAt(scope: Scope, node: CallNode, args: readonly Code[], index: number): Code {
  const argument = args[index];
  if (argument === undefined) throw compileError(scope, node.offset, `${node.name} lacks argument ${index + 1}`);
  return argument;
}

function onNumber(apply: (value: number) => number): Builtin {
  return (scope, node) => {
    const number = numberRun(scope, argumentAt(scope, node, compileArgs(scope, node, 1, 1), 0), `the argument of ${node.name}`);
    return { type: NUMBER, offset: node.offset, run: (frame) => apply(number(frame)) };
  };
}

function onText(apply: (text: string) => string): Builtin {
  return (scope, node) => {
    const text = textArgument(scope, node, compileArgs(scope, node, 1, 1), 0);
    return { type: STRING, offset: node.offset, run: (frame) => spendText(frame, apply(text(frame) as string), node.offset) };
  };
}

function textArgument(scope: Scope, node: CallNode, args: readonly Code[], index: number): Run {
  return expectKind(scope, argumentAt(scope, node, args, index), "string", `argument ${index + 1} of ${node.name}`).run;
}

/** Go rounds halves away from zero. */
function round(value: number): number {
  return Math.sign(value) * Math.round(Math.abs(value));
}

function conversion(convert: (value: number) => number): Builtin {
  return (scope, node) => {
    const argument = present(argumentAt(scope, node, compileArgs(scope, node, 1, 1), 0), `the argument of ${node.name}`);
    const { kind } = argument.type;
    if (kind !== "number" && kind !== "string" && kind !== "any") {
      throw compileError(scope, argument.offset, `${node.name} cannot convert a ${describeType(argument.type)}`);
    }
    const { run } = argument;
    const { name, offset } = node;
    const read = (frame: Frame): number => {
      const value = run(frame);
      if (typeof value === "number") return convert(value);
      const isNumeric = typeof value === "string" && /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(value);
      if (!isNumeric) {
        const shown = typeof value === "string" ? JSON.stringify(value.slice(0, 40)) : typeName(value);
        throw runtimeError(frame, offset, `${name} cannot convert ${shown}`);
      }
      return convert(Number(value));
    };
    return { type: NUMBER, offset, run: read };
  };
}

const split: Builtin = (scope, node) => {
  const args = compileArgs(scope, node, 2, 3);
  const [text, separator] = [textArgument(scope, node, args, 0), textArgument(scope, node, args, 1)];
  const limit = args[2] === undefined ? undefined : numberRun(scope, args[2], "argument 3 of split");
  const { offset } = node;
  const run = (frame: Frame): string[] => {
    const glue = separator(frame) as string;
    const parts = (text(frame) as string).split(glue);
    spendList(frame, parts.length, offset);
    const most = limit?.(frame) ?? -1;
    // The last of n parts keeps the rest of the text, as in Go.
    return most > 0 && parts.length > most ? [...parts.slice(0, most - 1), parts.slice(most - 1).join(glue)] : parts;
  };
  return { type: arrayOf(STRING), offset, run };
};

const join: Builtin = (scope, node) => {
  const args = compileArgs(scope, node, 1, 2);
  const list = expectKind(scope, argumentAt(scope, node, args, 0), "array", "argument 1 of join").run;
  const separator = args[1] === undefined ? undefined : textArgument(scope, node, args, 1);
  const { offset } = node;
  const run = (frame: Frame): string => {
    const parts = list(frame) as readonly unknown[];
    let text = "";
    for (const [index, part] of parts.entries()) {
      if (typeof part !== "string") throw runtimeError(frame, offset, `join needs a list of strings but has ${typeName(part)}`);
      text += index === 0 ? part : ((separator?.(frame) as string | undefined) ?? "") + part;
      // Checked on the way: a million parts of a million characters must not be built first.
      if (text.length > 1_000_000) break;
    }
    return spendText(frame, text, offset);
  };
  return { type: STRING, offset, run };
};

const now: Builtin = (scope, node) => {
  compileArgs(scope, node, 0, 0);
  return timeCode(TIME, node.offset, (frame) => frame.inputs.now);
};

const date: Builtin = (scope, node) => {
  const args = compileArgs(scope, node, 1, 2);
  const text = textArgument(scope, node, args, 0);
  const layout = args[1] === undefined ? undefined : textArgument(scope, node, args, 1);
  return parsedCode(scope, node, TIME, args, (frame) =>
    parseTime(text(frame) as string, layout?.(frame) as string | undefined),
  );
};

const duration: Builtin = (scope, node) => {
  const args = compileArgs(scope, node, 1, 1);
  const text = textArgument(scope, node, args, 0);
  return parsedCode(scope, node, DURATION, args, (frame) => parseDurationText(text(frame) as string));
};

/** Reads a constant text once, when the expression is compiled, so that a wrong one is found then. */
function parsedCode(
  scope: Scope,
  node: CallNode,
  type: typeof TIME,
  args: readonly Code[],
  parse: (frame: Frame) => number | undefined,
): Code {
  const failure = `${node.name} cannot read the text`;
  if (args.every((argument) => argument.constant !== undefined)) {
    const ms = parse(undefined as never);
    if (ms === undefined) throw compileError(scope, node.offset, failure);
    return timeCode(type, node.offset, () => ms);
  }
  return timeCode(type, node.offset, (frame) => {
    const ms = parse(frame);
    if (ms === undefined) throw runtimeError(frame, node.offset, failure);
    return ms;
  });
}

const string: Builtin = (scope, node) => {
  const { run } = argumentAt(scope, node, compileArgs(scope, node, 1, 1), 0);
  return { type: STRING, offset: node.offset, run: (frame) => asText(frame, node.offset, run(frame)) };
};

const type: Builtin = (scope, node) => {
  const { run } = argumentAt(scope, node, compileArgs(scope, node, 1, 1), 0);
  return { type: STRING, offset: node.offset, run: (frame) => typeName(run(frame)) };
};

/** `min` and `max` take numbers, lists of numbers, or a mix. */
function extreme(wins: (order: number) => boolean): Builtin {
  return (scope, node) => {
    const runs = numberListArgs(scope, node);
    const { name, offset } = node;
    const run = (frame: Frame): number => {
      const numbers = gatherNumbers(frame, node, runs);
      let best = numbers[0];
      if (best === undefined) throw runtimeError(frame, offset, `${name} of nothing`);
      for (const number of numbers) if (wins(compareValues(number, best) ?? 0)) best = number;
      return best;
    };
    return { type: NUMBER, offset, run };
  };
}

function statistic(compute: (numbers: number[]) => number): Builtin {
  return (scope, node) => {
    const runs = numberListArgs(scope, node);
    return { type: NUMBER, offset: node.offset, run: (frame) => compute(gatherNumbers(frame, node, runs)) };
  };
}

function numberListArgs(scope: Scope, node: CallNode): readonly Run[] {
  return compileArgs(scope, node, 1, Infinity).map((argument) => {
    const known = present(argument, `the argument of ${node.name}`);
    const element = known.type.kind === "array" ? withoutNil(known.type.element) : known.type;
    if (element.kind !== "number" && element.kind !== "any") {
      throw compileError(scope, argument.offset, `${node.name} needs numbers but has a ${describeType(known.type)}`);
    }
    return known.run;
  });
}

function gatherNumbers(frame: Frame, node: CallNode, runs: readonly Run[]): number[] {
  const numbers: number[] = [];
  const add = (value: unknown): void => {
    if (typeof value !== "number")
      throw runtimeError(frame, node.offset, `${node.name} needs numbers but has ${typeName(value)}`);
    numbers.push(value);
  };
  for (const run of runs) {
    const value = run(frame);
    if (!Array.isArray(value)) add(value);
    else {
      spendList(frame, value.length, node.offset);
      for (const element of value) add(element);
    }
  }
  return numbers;
}

function mean(numbers: number[]): number {
  return numbers.length === 0 ? 0 : numbers.reduce((total, number) => total + number, 0) / numbers.length;
}

function median(numbers: number[]): number {
  if (numbers.length === 0) return 0;
  const sorted = numbers.sort((left, right) => left - right);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}

export const SCALAR_FUNCTIONS: ReadonlyMap<string, Builtin> = new Map<string, Builtin>([
  ["abs", onNumber(Math.abs)],
  ["ceil", onNumber(Math.ceil)],
  ["floor", onNumber(Math.floor)],
  ["round", onNumber(round)],
  ["int", conversion(Math.trunc)],
  ["float", conversion((value) => value)],
  ["string", string],
  ["lower", onText((text) => text.toLowerCase())],
  ["upper", onText((text) => text.toUpperCase())],
  ["trim", onText((text) => text.trim())],
  ["split", split],
  ["join", join],
  ["now", now],
  ["date", date],
  ["duration", duration],
  ["type", type],
  ["min", extreme((order) => order < 0)],
  ["max", extreme((order) => order > 0)],
  ["mean", statistic(mean)],
  ["median", statistic(median)],
]);
