import { InvalidArgumentError } from "@furze/core";
import type { Point } from "./leaf.ts";
import type { StepReport } from "./trial-record.ts";

/** How a trial ended: a value, the error that ended it, or `pruned` or `cancelled`. */
export type Outcome = { readonly value: number } | { readonly error: unknown } | "pruned" | "cancelled";

/** Options of `Study.ask`. */
export interface AskOptions<V> {
  /** Changes what was sampled to what can be afforded; must return parameters of the space. Default: no change. */
  readonly adjust?: ((parameters: V) => V) | undefined;
}

/** A trial that is being worked on: what to try, and where to report. */
export class Trial<V> {
  /** From 0, in the order of asking. */
  readonly number: number;
  readonly parameters: V;
  /** @internal */
  readonly point: Point;
  /** @internal */
  readonly steps: StepReport[] = [];
  readonly #askPruner: (trial: Trial<V>) => boolean;

  /** @internal Use `Study.ask` or `Study.optimize`. */
  constructor(number: number, parameters: V, point: Point, askPruner: (trial: Trial<V>) => boolean) {
    this.number = number;
    this.parameters = parameters;
    this.point = point;
    this.#askPruner = askPruner;
  }

  /**
   * Reports a value on the way to the final one.
   *
   * @throws {InvalidArgumentError} if the step is not above the last one, or the value is NaN
   */
  report(step: number, value: number): void {
    if (!(step > (this.steps.at(-1)?.step ?? Number.NEGATIVE_INFINITY))) {
      throw new InvalidArgumentError("step", `steps must ascend, got ${step} after ${this.steps.at(-1)?.step}`);
    }
    if (Number.isNaN(value)) throw new InvalidArgumentError("value", "value must be a number, got NaN");
    this.steps.push({ step, value });
  }

  /** Whether the study's pruner gives this trial up after the last report; the objective then returns undefined. */
  shouldPrune(): boolean {
    return this.#askPruner(this);
  }
}
