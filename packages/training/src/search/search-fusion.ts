import { setImmediate } from "node:timers/promises";
import { type RealParameter, Study, space, uniform } from "@furze/automl";
import { type CallOptions, InvalidDatasetError, throwIfAborted } from "@furze/core";
import { ndcgAtK } from "@furze/metrics";
import { type CandidateSource, type FusionWeights, fuseCandidates } from "@furze/recommend";
import type { FusionParameters } from "./fusion-parameters.ts";

/** What the recommenders propose to one user, and what he turned out to like. */
export interface FusionSample {
  readonly sources: readonly CandidateSource[];
  /** Items held out from the recommenders, as their candidates name them. */
  readonly relevant: ReadonlySet<number>;
}

/** Options of `searchFusion`; at least one of `trials`, `timeLimitMs` and `signal` must be given. */
export interface FusionSearchOptions extends CallOptions {
  readonly samples: readonly FusionSample[];
  /** Recommenders whose weights are sought. */
  readonly names: readonly string[];
  /** Length of the lists whose NDCG is maximized, >= 1. Default 20, which depends less on chance than 10. */
  readonly k?: number | undefined;
  /** Mixes that are tried, >= 1. Default: no limit. */
  readonly trials?: number | undefined;
  /** Milliseconds, > 0. Default: no limit. */
  readonly timeLimitMs?: number | undefined;
  /** Seed of the trials; a safe integer. Default 0. */
  readonly seed?: number | undefined;
  /** Weights to try first, such as those in use. Default: none. */
  readonly start?: FusionWeights | undefined;
  /** Called after each trial, with its number from 0. */
  readonly onTrial?: ((trial: { readonly number: number; readonly score: number | undefined }) => void) | undefined;
}

export interface FusionSearchResult {
  /** Undefined if there was no time for a single trial. */
  readonly best: { readonly parameters: FusionParameters; readonly score: number } | undefined;
}

/** What a weight is drawn from; those below 0 stand for 0, so that a fifth of the draws leaves a recommender out. */
const RANGE = uniform(-0.25, 1);
/** Share of the score that a recommender must bring to stay in the mix. */
const TOLERANCE = 0.003;
/** Users fused before others get their turn: some ten milliseconds. */
const USERS_PER_TURN = 128;

function nextTurn(signal: AbortSignal | undefined): Promise<void> {
  throwIfAborted(signal);
  return setImmediate();
}

type FusionSpace = Readonly<Record<string, RealParameter>>;

/**
 * Searches for the weights of recommenders, 0 for those best left out, that bring what users turned out to like to the top. The same weight for
 * all comes first, then each recommender alone, so that the result is never worse than any of them on the samples; then TPE proposes.
 *
 * @throws {InvalidDatasetError} if there is no sample with a relevant item
 * @throws {AbortError} if the signal is aborted
 * Cost: some 0.1 ms a user and trial for five lists of a hundred.
 */
export async function searchFusion(options: FusionSearchOptions): Promise<FusionSearchResult> {
  const { names, k = 20, trials, timeLimitMs, seed = 0, start, signal, onTrial } = options;
  const samples = options.samples.filter(({ relevant }) => relevant.size > 0);
  if (samples.length === 0) throw new InvalidDatasetError("no user has held-out feedback to judge recommenders by");
  const drawn: FusionSpace = Object.fromEntries(names.map((name) => [name, RANGE]));
  const study = new Study({ space: space(drawn), direction: "maximize", seed });
  const enqueue = (weightOf: (name: string) => number): void =>
    study.enqueue(Object.fromEntries(names.map((name) => [name, weightOf(name)])));
  if (start !== undefined) enqueue((name) => Math.min(1, start[name] ?? 1));
  enqueue(() => 1);
  if (names.length > 1) for (const alone of names) enqueue((name) => (name === alone ? 1 : 0));
  await study.optimize(({ parameters }, context) => meanNdcg(samples, weightsOf(parameters), k, context.signal), {
    trials,
    timeLimitMs,
    signal,
    onTrial: ({ number, value }) => onTrial?.({ number, score: value }),
  });
  const best = study.bestTrial;
  if (best === undefined) return { best: undefined };
  const found = { weights: weightsOf(best.parameters), score: best.value };
  const scoreOf = (weights: FusionWeights) => meanNdcg(samples, weights, k, signal);
  const parameters = await withoutIdle(found, scoreOf);
  return { best: { parameters, score: parameters.score } };
}

/** Leaves out, one after the other, the lightest recommenders that bring next to nothing: what they seem to bring is mostly chance. */
async function withoutIdle(
  found: FusionParameters,
  scoreOf: (weights: FusionWeights) => Promise<number>,
): Promise<FusionParameters> {
  const bar = found.score * (1 - TOLERANCE);
  let simplest = found;
  for (const [name, weight] of Object.entries(found.weights).sort(([, a], [, b]) => a - b)) {
    if (weight === 0) continue;
    const weights = { ...simplest.weights, [name]: 0 };
    const score = await scoreOf(weights);
    if (score >= bar) simplest = { weights, score };
  }
  return { weights: weightsOf(simplest.weights), score: simplest.score };
}

/** Only proportions count, so the largest becomes 1. */
function weightsOf(drawn: Readonly<Record<string, number>>): FusionWeights {
  const largest = Math.max(...Object.values(drawn));
  if (largest <= 0) return Object.fromEntries(Object.keys(drawn).map((name) => [name, 0]));
  return Object.fromEntries(Object.entries(drawn).map(([name, weight]) => [name, Math.max(0, weight) / largest]));
}

async function meanNdcg(
  samples: readonly FusionSample[],
  weights: FusionWeights,
  k: number,
  signal?: AbortSignal,
): Promise<number> {
  let sum = 0;
  for (const [position, { sources, relevant }] of samples.entries()) {
    if (position % USERS_PER_TURN === 0) await nextTurn(signal);
    const fused = fuseCandidates(sources, weights, k);
    sum += ndcgAtK(
      fused.map(({ index }) => index),
      relevant,
      k,
    );
  }
  return sum / samples.length;
}
