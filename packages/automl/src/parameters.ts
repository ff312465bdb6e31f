import { InvalidArgumentError } from "@furze/core";

/** A real number from an interval. */
export interface RealParameter {
  readonly type: "real";
  readonly low: number;
  readonly high: number;
  /** Searched on a logarithmic scale. */
  readonly log: boolean;
}

/** A whole number from an interval. */
export interface IntegerParameter {
  readonly type: "integer";
  readonly low: number;
  readonly high: number;
  /** Searched on a logarithmic scale. */
  readonly log: boolean;
}

/** What `choice` can choose among. */
export type ChoiceOption = string | number | boolean;

/** One of several options. */
export interface ChoiceParameter<T extends ChoiceOption> {
  readonly type: "choice";
  readonly options: readonly T[];
  /** Neighbors in the list are alike, as numbers in ascending order are. */
  readonly ordered: boolean;
}

/** Definitions by name: a space, or what belongs to one variant. */
export interface Parameters {
  readonly [name: string]: Parameter;
}

/** Parameters by the name of the variant that has them. */
export interface Variants {
  readonly [kind: string]: Parameters;
}

/** One of several kinds, each with parameters of its own. */
export interface VariantParameter<V extends Variants> {
  readonly type: "variant";
  readonly variants: V;
}

export type Parameter = RealParameter | IntegerParameter | ChoiceParameter<ChoiceOption> | VariantParameter<Variants>;

/** The type of values that a definition describes. */
export type ValueOf<P> = P extends RealParameter | IntegerParameter
  ? number
  : P extends ChoiceParameter<infer T>
    ? T
    : P extends VariantParameter<infer V>
      ? { [K in keyof V & string]: { readonly kind: K } & ValuesOf<V[K]> }[keyof V & string]
      : never;

/** The type of values that definitions by name describe. */
export type ValuesOf<S> = { readonly [K in keyof S]: ValueOf<S[K]> };

/**
 * A real number in [low, high].
 *
 * @throws {InvalidArgumentError} if the bounds are not finite or in the wrong order
 */
export function uniform(low: number, high: number): RealParameter {
  return { type: "real", ...checkedBounds(low, high), log: false };
}

/**
 * A real number in [low, high] whose order of magnitude matters.
 *
 * @throws {InvalidArgumentError} if the bounds are not finite, not above 0, or in the wrong order
 */
export function logUniform(low: number, high: number): RealParameter {
  if (!(low > 0)) throw new InvalidArgumentError("low", `low must be above 0 on a logarithmic scale, got ${low}`);
  return { type: "real", ...checkedBounds(low, high), log: true };
}

/**
 * A whole number in [low, high].
 *
 * @param options `log`: search on a logarithmic scale. Default false
 * @throws {InvalidArgumentError} if the bounds are no safe integers, in the wrong order, or below 1 with `log`
 */
export function integer(low: number, high: number, options: { readonly log?: boolean } = {}): IntegerParameter {
  const { log = false } = options;
  if (!Number.isSafeInteger(low) || (log && low < 1)) {
    throw new InvalidArgumentError(
      "low",
      `low must be an integer${log ? ", at least 1 on a logarithmic scale" : ""}, got ${low}`,
    );
  }
  if (!Number.isSafeInteger(high)) throw new InvalidArgumentError("high", `high must be an integer, got ${high}`);
  return { type: "integer", ...checkedBounds(low, high), log };
}

/**
 * One of the options.
 *
 * @param settings `ordered`: neighbors in the list are alike, as with [16, 32, 64]. Default false
 * @throws {InvalidArgumentError} if there is no option, or one appears twice
 */
export function choice<const T extends ChoiceOption>(
  options: readonly T[],
  settings: { readonly ordered?: boolean } = {},
): ChoiceParameter<T> {
  if (options.length === 0) throw new InvalidArgumentError("options", "a choice needs at least one option");
  if (new Set(options).size < options.length) throw new InvalidArgumentError("options", "the options of a choice must differ");
  return { type: "choice", options: [...options], ordered: settings.ordered ?? false };
}

/**
 * One of several kinds, each with parameters of its own: values are `{ kind, ...parameters of that kind }`.
 *
 * @throws {InvalidArgumentError} if there is no variant, or one has a parameter named `kind`
 */
export function variant<const V extends Variants>(variants: V): VariantParameter<V> {
  if (Object.keys(variants).length === 0)
    throw new InvalidArgumentError("variants", "a variant parameter needs at least one variant");
  for (const [kind, parameters] of Object.entries(variants)) {
    if (Object.hasOwn(parameters, "kind")) {
      throw new InvalidArgumentError(
        `variants.${kind}.kind`,
        "kind is where the name of the variant goes; name the parameter differently",
      );
    }
  }
  return { type: "variant", variants };
}

function checkedBounds(low: number, high: number): { low: number; high: number } {
  if (!Number.isFinite(low)) throw new InvalidArgumentError("low", `low must be finite, got ${low}`);
  if (!Number.isFinite(high) || high < low)
    throw new InvalidArgumentError("high", `high must be finite and at least ${low}, got ${high}`);
  return { low, high };
}
