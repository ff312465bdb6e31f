import { InvalidArgumentError } from "@furze/core";
import type { Leaf, Point } from "./leaf.ts";
import { type Coordinates, ParzenEstimator } from "./parzen.ts";
import type { SampleRequest, Sampler } from "./sampler.ts";
import { bestReport, type Direction, type TrialView } from "./trial-record.ts";

/** Options of `tpeSampler`. */
export interface TpeOptions {
  /** Trials that are drawn at random first, for each combination of variants, >= 1. Default 8. */
  readonly startupTrials?: number;
  /** Share of the trials that counts as good, above 0 and below 1; never more than 25 trials. Default 0.15. */
  readonly goodShare?: number;
  /** Places drawn from the density of the good, of which the best is tried, >= 1. Default 24. */
  readonly candidates?: number;
  /** Sees how parameters go together. Without, each is chosen for itself, which needs more trials but is never misled by chance. Default true. */
  readonly multivariate?: boolean;
}

/** A good trial more than this makes no better density. */
const MOST_GOOD = 25;

/**
 * Tree-structured Parzen estimator: models where good and where other trials lie, and tries the place that is likeliest to be
 * among the good. Variants are chosen first, from all trials; then the rest, from trials that chose alike.
 * Pruned trials count after complete ones, those that lasted longer first; failed ones count last, so that the search leaves
 * where it fails; running ones count among the rest, so that parallel trials spread.
 *
 * @throws {InvalidArgumentError} naming the option that is out of range
 * Cost per trial: O(candidates * trials * parameters).
 * Sources: Bergstra, Bardenet, Bengio, Kegl, NIPS 2011; Watanabe, arXiv 2304.11127 (what the options do).
 */
export function tpeSampler(options: TpeOptions = {}): Sampler {
  const startupTrials = atLeastOne("startupTrials", options.startupTrials ?? 8);
  const candidates = atLeastOne("candidates", options.candidates ?? 24);
  const goodShare = options.goodShare ?? 0.15;
  if (!(goodShare > 0 && goodShare < 1)) {
    throw new InvalidArgumentError("goodShare", `goodShare must be above 0 and below 1, got ${goodShare}`);
  }
  const settings = { startupTrials, candidates, goodShare };
  const multivariate = options.multivariate ?? true;
  return { sample: (request) => samplePoint(request, settings, multivariate) };
}

type Settings = Required<Omit<TpeOptions, "multivariate">>;

function samplePoint(request: SampleRequest, settings: Settings, multivariate: boolean): Point {
  const { space, trials } = request;
  const point: Record<string, number> = {};
  const choose = (leaves: readonly Leaf[], isAlike: (trial: TrialView) => boolean, candidates: number): void => {
    const values = chooseValues(leaves, trials.filter(isAlike), request, { ...settings, candidates });
    for (const [leaf, value] of values) point[leaf.path] = value;
  };
  for (const leaf of space.leaves) {
    // One candidate: variants are drawn as often as they are good. The likeliest alone would starve one that began badly.
    if (leaf.isVariant && space.isActive(leaf, point)) choose([leaf], (trial) => leaf.path in trial.point, 1);
  }
  const rest = space.leaves.filter((leaf) => !leaf.isVariant && space.isActive(leaf, point));
  const structure = space.structureOf(point);
  if (multivariate) choose(rest, (trial) => space.structureOf(trial.point) === structure, settings.candidates);
  else for (const leaf of rest) choose([leaf], (trial) => leaf.path in trial.point, settings.candidates);
  return point;
}

/** Values for leaves that are chosen together, from the trials that have all of them. */
function chooseValues(
  leaves: readonly Leaf[],
  trials: readonly TrialView[],
  { direction, random }: SampleRequest,
  { startupTrials, candidates, goodShare }: Settings,
): [Leaf, number][] {
  const ranked = rank(trials, direction);
  if (ranked.length < startupTrials) return leaves.map((leaf) => [leaf, leaf.fromUnit(random.next())]);
  const numGood = Math.min(MOST_GOOD, Math.ceil(goodShare * ranked.length));
  const running = trials.filter(({ state }) => state === "running");
  const good = new ParzenEstimator(leaves, coordinatesOf(ranked.slice(0, numGood), leaves));
  const rest = new ParzenEstimator(leaves, coordinatesOf([...ranked.slice(numGood), ...running], leaves));
  let best: Coordinates = [];
  let bestRatio = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < candidates; i++) {
    const place = good.sample(random);
    const ratio = good.logDensity(place) - rest.logDensity(place);
    if (ratio <= bestRatio) continue;
    best = place;
    bestRatio = ratio;
  }
  return leaves.map((leaf, axis) => {
    const coordinate = best[axis] ?? 0;
    return [leaf, leaf.numOptions > 0 ? coordinate : leaf.fromUnit(coordinate)];
  });
}

function coordinatesOf(trials: readonly TrialView[], leaves: readonly Leaf[]): Coordinates[] {
  return trials.map(({ point }) =>
    leaves.map((leaf) => {
      const value = point[leaf.path] ?? 0;
      return leaf.numOptions > 0 ? value : leaf.toUnit(value);
    }),
  );
}

/** Trials that have ended and say something, best first. */
function rank(trials: readonly TrialView[], direction: Direction): TrialView[] {
  const sign = direction === "maximize" ? -1 : 1;
  const complete = trials.filter(({ state }) => state === "complete");
  const pruned = trials.filter(({ state }) => state === "pruned");
  const failed = trials.filter(({ state }) => state === "failed");
  const lastStep = (trial: TrialView): number => trial.steps.at(-1)?.step ?? Number.NEGATIVE_INFINITY;
  const score = (trial: TrialView): number => sign * (bestReport(trial, direction, Number.POSITIVE_INFINITY) ?? 0);
  return [
    ...complete.toSorted((a, b) => sign * ((a.value ?? 0) - (b.value ?? 0))),
    ...pruned.toSorted((a, b) => (lastStep(a) === lastStep(b) ? score(a) - score(b) : lastStep(b) - lastStep(a))),
    ...failed,
  ];
}

function atLeastOne(path: string, value: number): number {
  if (!Number.isSafeInteger(value) || value < 1) {
    throw new InvalidArgumentError(path, `${path} must be an integer of at least 1, got ${value}`);
  }
  return value;
}
