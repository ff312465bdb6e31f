import type { Point } from "./leaf.ts";

/** Which way is better. */
export type Direction = "maximize" | "minimize";

/**
 * `complete`: has a value. `pruned`: ended early as not promising. `failed`: its error is kept. `cancelled`: nobody will
 * ever know, as the search was aborted or the process ended. `running`: not told yet.
 */
export type TrialState = "running" | "complete" | "pruned" | "failed" | "cancelled";

/** A value on the way to the final one. */
export interface StepReport {
  /** What the objective counts, such as epochs; ascending. */
  readonly step: number;
  readonly value: number;
}

/** What a study knows about a trial. `V` are its parameters. */
export interface TrialRecord<V> {
  /** From 0, in the order of asking. */
  readonly number: number;
  readonly state: TrialState;
  readonly parameters: V;
  /** Of complete trials. */
  readonly value: number | undefined;
  readonly steps: readonly StepReport[];
  /** Of failed trials. */
  readonly error: Error | undefined;
  /** From ask to tell; 0 while running. */
  readonly durationMs: number;
  /** @internal */
  readonly point: Point;
}

/** What samplers and pruners need of a trial. */
export type TrialView = Omit<TrialRecord<unknown>, "parameters">;

/** Best value reported up to a step, inclusive; undefined if there is none. */
export function bestReport(trial: TrialView, direction: Direction, lastStep: number): number | undefined {
  const values = trial.steps.filter(({ step }) => step <= lastStep).map(({ value }) => value);
  if (values.length === 0) return undefined;
  return direction === "maximize" ? Math.max(...values) : Math.min(...values);
}

/** Whether `a` is the better value. */
export function isBetter(a: number, b: number, direction: Direction): boolean {
  return direction === "maximize" ? a > b : a < b;
}
