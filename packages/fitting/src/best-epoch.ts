import type { Evaluation, FitOutcome, Trainable } from "./run-epochs.ts";

/** The best epoch so far with a copy of its parameters. */
export class BestEpoch<Parameters extends Trainable<Parameters>, Result extends Evaluation> {
  outcome: FitOutcome<Parameters, Result> | undefined;
  readonly #patience: number;
  #misses = 0;

  /** patience: evaluations without a new best until it is stale, 0 for never. */
  constructor(patience: number) {
    this.#patience = patience;
  }

  offer(bestEpoch: number, evaluation: Result, parameters: Parameters): void {
    const kept = this.outcome;
    if (kept?.evaluation !== undefined && !(evaluation.score > kept.evaluation.score)) {
      this.#misses++;
      return;
    }
    this.#misses = 0;
    kept?.parameters.copyFrom(parameters);
    this.outcome = { parameters: kept?.parameters ?? parameters.clone(), bestEpoch, evaluation };
  }

  get isStale(): boolean {
    return this.#patience > 0 && this.#misses >= this.#patience;
  }
}
