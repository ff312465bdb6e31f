import {
  type ChoiceParameter,
  choice,
  logUniform,
  type RealParameter,
  type Space,
  space,
  uniform,
  type ValuesOf,
  type VariantParameter,
  variant,
} from "@furze/automl";
import { InvalidArgumentError } from "@furze/core";
import type { UserItemMatrix } from "@furze/dataset";
import type { FactorParameters } from "./factor-parameters.ts";

/** Sizes that are tried: neighbors differ by about a third in quality per price, and all are multiples of 8. */
const SIZES = [8, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024];

type Kind = FactorParameters["kind"];

/** Dimensions of ALS, but for the size. */
interface AlsRanges {
  readonly alpha: RealParameter;
  /** Regularization, expressed as the one with exponent 1 that punishes a typical row as hard: so the two can be varied one by one. */
  readonly strength: RealParameter;
  readonly regularizationExponent: RealParameter;
}

/** Dimensions of BPR, but for the size. */
interface BprRanges {
  readonly learningRate: RealParameter;
  readonly regularization: RealParameter;
}

interface Sized {
  readonly numFactors: ChoiceParameter<number>;
}

/** Dimensions of the search; only the models that were asked for are there. */
export type FactorSpace = {
  readonly model: VariantParameter<{ readonly als: Variant<AlsRanges>; readonly bpr: Variant<BprRanges> }>;
};
/** A mapped type, since interfaces do not count as index signatures. */
type Variant<Ranges> = { readonly [K in keyof (Ranges & Sized)]: (Ranges & Sized)[K] };

const ALS: AlsRanges = {
  alpha: logUniform(0.03, 3),
  strength: logUniform(1e-3, 0.1),
  regularizationExponent: uniform(0.7, 1.3),
};
const BPR: BprRanges = { learningRate: logUniform(0.005, 0.3), regularization: logUniform(5e-4, 0.1) };

/** A place in that space. */
export type FactorValues = ValuesOf<FactorSpace>;

/** Sizes from `min` to `max`. @throws {InvalidArgumentError} if there is none */
export function sizesBetween(min: number, max: number): readonly number[] {
  const sizes = SIZES.filter((size) => size >= min && size <= max);
  if (sizes.length > 0) return sizes;
  throw new InvalidArgumentError("maxFactors", `there is no size to try from ${min} to ${max} factors`);
}

/** @throws {InvalidArgumentError} if there is no model */
export function factorSpace(models: readonly Kind[], sizes: readonly number[]): Space<FactorSpace> {
  const numFactors = choice(sizes, { ordered: true });
  const all = { als: { numFactors, ...ALS }, bpr: { numFactors, ...BPR } };
  const wanted = Object.entries(all).filter(([kind]) => models.some((model) => model === kind));
  return space<FactorSpace>({ model: variant(Object.fromEntries(wanted) as typeof all) });
}

/** What the penalty of ALS depends on in the matrix at hand. */
export class RowWeights {
  readonly #userWeight: number;
  readonly #itemWeight: number;
  readonly #numUsers: number;
  readonly #numItems: number;

  constructor(matrix: UserItemMatrix) {
    const { numUsers, numItems, numEntries, values } = matrix;
    const total = values?.reduce((sum, value) => sum + value, 0) ?? numEntries;
    this.#numUsers = Math.max(1, numUsers);
    this.#numItems = Math.max(1, numItems);
    this.#userWeight = total / this.#numUsers;
    this.#itemWeight = total / this.#numItems;
  }

  /** Regularization with the exponent that punishes a typical row as hard as `strength` does with exponent 1. */
  toRegularization(strength: number, alpha: number, exponent: number): number {
    return Math.min(1000, Math.max(1e-6, strength * this.#typical(alpha) ** (1 - exponent)));
  }

  /** The other way around. */
  toStrength(regularization: number, alpha: number, exponent: number): number {
    return regularization * this.#typical(alpha) ** (exponent - 1);
  }

  /** Weight of a row, as the penalty counts it, in the geometric mean over both sides. */
  #typical(alpha: number): number {
    return Math.sqrt((this.#userWeight + alpha * this.#numItems) * (this.#itemWeight + alpha * this.#numUsers));
  }
}

/** The parameters that a place stands for. */
export function toParameters({ model }: FactorValues, numEpochs: number, weights: RowWeights): FactorParameters {
  if (model.kind === "bpr") return { ...model, numEpochs };
  const { kind, numFactors, alpha, strength, regularizationExponent } = model;
  const regularization = weights.toRegularization(strength, alpha, regularizationExponent);
  return { kind, numFactors, numEpochs, alpha, regularization, regularizationExponent };
}

/** The place that is nearest to parameters. */
export function toValues(parameters: FactorParameters, sizes: readonly number[], weights: RowWeights): FactorValues {
  const numFactors = nearest(sizes, parameters.numFactors);
  const { kind, regularization } = parameters;
  if (kind === "bpr") {
    const learningRate = clamp(parameters.learningRate, BPR.learningRate);
    return { model: { kind, numFactors, learningRate, regularization: clamp(regularization, BPR.regularization) } };
  }
  const strength = weights.toStrength(regularization, parameters.alpha, parameters.regularizationExponent);
  const alpha = clamp(parameters.alpha, ALS.alpha);
  const regularizationExponent = clamp(parameters.regularizationExponent, ALS.regularizationExponent);
  return { model: { kind, numFactors, alpha, strength: clamp(strength, ALS.strength), regularizationExponent } };
}

function nearest(sizes: readonly number[], size: number): number {
  const distance = (other: number): number => Math.abs(Math.log(other / size));
  return sizes.reduce((best, other) => (distance(other) < distance(best) ? other : best));
}

function clamp(value: number, { low, high }: RealParameter): number {
  return Math.min(high, Math.max(low, value));
}
