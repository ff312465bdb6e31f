import type { StepReport, Trial } from "@furze/automl";

/** A trial ends when so many evaluations have brought less than this gain, relative to the score before. */
const PATIENCE = 3;
const LEAST_GAIN = 0.001;

/** Reason of an abort, to tell it from others. */
const PRUNED = Symbol("pruned");

/** The part of a trial that a fit reports to. */
export type ReportedTrial = Pick<Trial<unknown>, "report" | "shouldPrune" | "steps">;

/** What a fit is told. */
export interface TrialControls {
  readonly signal: AbortSignal;
  /** To be called after each evaluation, steps counted from 1. */
  readonly onScore: (step: number, score: number) => void;
}

/**
 * Runs the fit of a trial: reports its evaluations, gives it up when it falls behind the others, and ends it when nothing comes any more.
 *
 * @param work fits a model; its memory is given back
 * @param signal the end of the search; what the trial has reached by then counts
 * @returns the best score, undefined when the trial was given up
 */
export async function runTrial(
  trial: ReportedTrial,
  signal: AbortSignal,
  work: (controls: TrialControls) => Promise<Disposable & { readonly score: number | undefined }>,
): Promise<number | undefined> {
  const ended = new AbortController();
  const onScore = (step: number, score: number): void => {
    trial.report(step, score);
    if (trial.shouldPrune()) ended.abort(PRUNED);
    else if (hasSettled(trial.steps)) ended.abort();
  };
  try {
    using model = await work({ signal: AbortSignal.any([signal, ended.signal]), onScore });
    return model.score;
  } catch (error) {
    if (ended.signal.reason === PRUNED) return undefined;
    if ((signal.aborted || ended.signal.aborted) && trial.steps.length > 0) return bestOf(trial.steps);
    throw error;
  }
}

function bestOf(steps: readonly StepReport[]): number {
  return Math.max(...steps.map(({ value }) => value));
}

/** Whether the last evaluations have brought next to nothing. */
function hasSettled(steps: readonly StepReport[]): boolean {
  return steps.length > PATIENCE && bestOf(steps) <= bestOf(steps.slice(0, -PATIENCE)) * (1 + LEAST_GAIN);
}
