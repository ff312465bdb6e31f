import type { ChoiceOption, IntegerParameter, Parameter, Parameters, RealParameter } from "./parameters.ts";

/**
 * One dimension of a space. A point holds a number for each: the value itself for real and whole numbers,
 * the position of the option for choices and variants.
 */
export interface Leaf {
  /** Names from the root, joined by dots: `model.als.alpha`. */
  readonly path: string;
  /** The variant that must be chosen for this leaf to count; undefined at the root. */
  readonly condition: { readonly path: string; readonly option: number } | undefined;
  /** Number of unordered options; 0 for numbers and ordered choices, which have a place in [0, 1]. */
  readonly numOptions: number;
  readonly isVariant: boolean;
  /** Whether a point may hold this number. */
  accepts(value: number): boolean;
  /** Place in [0, 1] on the scale of the parameter. */
  toUnit(value: number): number;
  /** The value at a place in [0, 1]. */
  fromUnit(unit: number): number;
}

/** Values of the leaves that count, by path. */
export type Point = Readonly<Record<string, number>>;

/** All leaves below some definitions, conditions before what depends on them. */
export function leavesOf(parameters: Parameters, prefix: string, condition: Leaf["condition"]): Leaf[] {
  return Object.entries(parameters).flatMap(([name, parameter]) => {
    const path = prefix + name;
    const leaf = { path, condition, ...scaleOf(parameter) };
    if (parameter.type !== "variant") return [leaf];
    const inner = Object.entries(parameter.variants).flatMap(([kind, own], option) =>
      leavesOf(own, `${path}.${kind}.`, { path, option }),
    );
    return [leaf, ...inner];
  });
}

type Scale = Omit<Leaf, "path" | "condition">;

function scaleOf(parameter: Parameter): Scale {
  if (parameter.type === "real" || parameter.type === "integer") return numberScale(parameter);
  if (parameter.type === "variant") return { ...optionScale(Object.keys(parameter.variants)), isVariant: true };
  if (!parameter.ordered) return optionScale(parameter.options);
  return numberScale({ type: "integer", low: 0, high: parameter.options.length - 1, log: false });
}

function optionScale(options: readonly ChoiceOption[]): Scale {
  const numOptions = options.length;
  return {
    numOptions,
    isVariant: false,
    accepts: (value) => Number.isInteger(value) && value >= 0 && value < numOptions,
    toUnit: (value) => value / numOptions,
    fromUnit: (unit) => Math.min(numOptions - 1, Math.floor(unit * numOptions)),
  };
}

function numberScale({ type, low, high, log }: RealParameter | IntegerParameter): Scale {
  const isInteger = type === "integer";
  // Whole numbers own half a step to either side, so that those at the ends are as likely as the rest.
  const margin = isInteger ? 0.5 : 0;
  const stretch = log ? Math.log : (value: number) => value;
  const shrink = log ? Math.exp : (value: number) => value;
  const start = stretch(low - margin);
  const width = stretch(high + margin) - start;
  const clamp = (value: number) => Math.min(high, Math.max(low, value));
  return {
    numOptions: 0,
    isVariant: false,
    accepts: (value) => value >= low && value <= high && (!isInteger || Number.isInteger(value)),
    toUnit: (value) => (width === 0 ? 0.5 : (stretch(value) - start) / width),
    fromUnit: (unit) => {
      const value = shrink(start + unit * width);
      return clamp(isInteger ? Math.round(value) : value);
    },
  };
}
