import { AbortError, type Clock, InvalidArgumentError } from "@furze/core";
import type { AskOptions, Outcome, Trial } from "./trial.ts";
import type { TrialRecord } from "./trial-record.ts";

/** What an objective gets beside its trial. */
export interface ObjectiveContext {
  /** Aborted when the search ends early: at the time limit, or by the caller. */
  readonly signal: AbortSignal;
}

/** Tries parameters: returns a value, or undefined to have the trial pruned. */
export type Objective<V> = (trial: Trial<V>, context: ObjectiveContext) => number | undefined | Promise<number | undefined>;

/** Options of `Study.optimize`; at least one of `trials`, `timeLimitMs` and `signal`. */
export interface OptimizeOptions<V> extends AskOptions<V> {
  /** Trials of this call, >= 1. Default: no limit. */
  readonly trials?: number | undefined;
  /** Time of this call, above 0. A trial that runs then is told to stop, and cancelled if it throws. Default: no limit. */
  readonly timeLimitMs?: number | undefined;
  /** Ends the search with an `AbortError`. */
  readonly signal?: AbortSignal | undefined;
  /** Trials at the same time, >= 1. Above 1 the order in which they end decides what comes next. Default 1. */
  readonly parallelism?: number | undefined;
  /** Failures in a row that end the search, >= 1. Default 10. */
  readonly maxFailures?: number | undefined;
  /** Called when a trial has ended. */
  readonly onTrial?: ((record: TrialRecord<V>) => void) | undefined;
}

/** The part of a study that running trials needs. */
interface AskTell<V> {
  ask(options: AskOptions<V>): Trial<V>;
  tell(number: number, outcome: Outcome): TrialRecord<V>;
}

/** Runs trials within the limits; see `Study.optimize`. */
export async function runTrials<V>(
  study: AskTell<V>,
  objective: Objective<V>,
  options: OptimizeOptions<V>,
  clock: Clock,
): Promise<void> {
  const limits = checkedLimits(options);
  const end = new AbortController();
  const signals = [end.signal, ...(options.signal === undefined ? [] : [options.signal])];
  const run: Run<V> = {
    ...{ study, objective, options, limits },
    signal: AbortSignal.any(signals),
    deadlineMs: clock.now() + limits.timeLimitMs,
    clock,
    end,
    numStarted: 0,
    numFailures: 0,
  };
  // setTimeout takes at most 2^31 - 1 ms; the clock is asked between trials anyway.
  const timer = setTimeout(() => end.abort(), Math.min(limits.timeLimitMs, 2 ** 31 - 1));
  try {
    const lanes = Array.from({ length: Math.min(limits.parallelism, limits.trials) }, () => runLane(run));
    const results = await Promise.allSettled(lanes);
    const failure = results.find((result) => result.status === "rejected");
    if (failure !== undefined) throw failure.reason;
  } finally {
    clearTimeout(timer);
  }
  if (options.signal?.aborted === true) throw new AbortError("the search was aborted", { cause: options.signal.reason });
}

interface Run<V> {
  readonly study: AskTell<V>;
  readonly objective: Objective<V>;
  readonly options: OptimizeOptions<V>;
  readonly limits: Limits;
  readonly signal: AbortSignal;
  readonly deadlineMs: number;
  readonly clock: Clock;
  readonly end: AbortController;
  numStarted: number;
  numFailures: number;
}

/** One trial after the other, until a limit is reached. */
async function runLane<V>(run: Run<V>): Promise<void> {
  const { study, options, limits, signal } = run;
  try {
    while (!signal.aborted && run.numStarted < limits.trials && run.clock.now() < run.deadlineMs) {
      run.numStarted++;
      const trial = study.ask({ adjust: options.adjust });
      const outcome = await outcomeOf(run, trial);
      const record = study.tell(trial.number, outcome);
      options.onTrial?.(record);
      run.numFailures = record.state === "failed" ? run.numFailures + 1 : 0;
      if (run.numFailures >= limits.maxFailures) throw record.error;
    }
  } catch (error) {
    run.end.abort(error);
    throw error;
  }
}

async function outcomeOf<V>({ objective, signal }: Run<V>, trial: Trial<V>): Promise<Outcome> {
  try {
    const value = await objective(trial, { signal });
    return value === undefined ? "pruned" : { value };
  } catch (error) {
    return signal.aborted ? "cancelled" : { error };
  }
}

interface Limits {
  readonly trials: number;
  readonly timeLimitMs: number;
  readonly parallelism: number;
  readonly maxFailures: number;
}

function checkedLimits<V>(options: OptimizeOptions<V>): Limits {
  const { trials, timeLimitMs, signal, parallelism = 1, maxFailures = 10 } = options;
  if (trials === undefined && timeLimitMs === undefined && signal === undefined) {
    throw new InvalidArgumentError("trials", "a search needs an end: give trials, timeLimitMs or a signal");
  }
  for (const [path, value] of Object.entries({ trials: trials ?? 1, parallelism, maxFailures })) {
    if (!Number.isSafeInteger(value) || value < 1) {
      throw new InvalidArgumentError(path, `${path} must be an integer of at least 1, got ${value}`);
    }
  }
  if (timeLimitMs !== undefined && !(timeLimitMs > 0)) {
    throw new InvalidArgumentError("timeLimitMs", `timeLimitMs must be above 0, got ${timeLimitMs}`);
  }
  const none = Number.POSITIVE_INFINITY;
  return { trials: trials ?? none, timeLimitMs: timeLimitMs ?? none, parallelism, maxFailures };
}
