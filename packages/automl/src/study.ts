import { type Clock, InvalidArgumentError, systemClock } from "@furze/core";
import type { Point } from "./leaf.ts";
import { type Objective, type OptimizeOptions, runTrials } from "./optimize.ts";
import type { Parameters, ValuesOf } from "./parameters.ts";
import { medianPruner, type Pruner } from "./pruner.ts";
import { TrialRandom } from "./random.ts";
import type { Sampler } from "./sampler.ts";
import type { Space } from "./space.ts";
import { parseStudy, type StudyJson, writeStudy } from "./study-json.ts";
import { tpeSampler } from "./tpe-sampler.ts";
import { type AskOptions, type Outcome, Trial } from "./trial.ts";
import { type Direction, isBetter, type TrialRecord, type TrialState } from "./trial-record.ts";

/** Options of a study that are not part of its saved form. */
export interface ResumeOptions<S extends Parameters> {
  readonly space: Space<S>;
  /** Default `tpeSampler()`. */
  readonly sampler?: Sampler;
  /** Default `medianPruner()`. */
  readonly pruner?: Pruner;
  /** Default the system's. */
  readonly clock?: Clock;
}

/** Options of a new study. */
export interface StudyOptions<S extends Parameters> extends ResumeOptions<S> {
  readonly direction: Direction;
  /** Equal seeds give equal trials as long as trials run one at a time; a safe integer. Default 0. */
  readonly seed?: number;
}

interface Entry<V> {
  readonly trial: Trial<V>;
  readonly startMs: number;
  record: TrialRecord<V>;
}

/**
 * A search for the best parameters of a space: remembers trials, asks the sampler for the next, the pruner which to give up.
 * `optimize` runs it; `ask` and `tell` are for those who run trials themselves.
 *
 * @throws {InvalidArgumentError} from the constructor if the seed is not a safe integer
 * Memory: about 1 KB a trial.
 */
export class Study<S extends Parameters> {
  readonly space: Space<S>;
  readonly direction: Direction;
  readonly seed: number;
  readonly #sampler: Sampler;
  readonly #pruner: Pruner;
  readonly #clock: Clock;
  readonly #entries: Entry<ValuesOf<S>>[] = [];
  readonly #queue: Point[] = [];

  constructor(options: StudyOptions<S>) {
    const { space, direction, seed = 0 } = options;
    if (!Number.isSafeInteger(seed)) throw new InvalidArgumentError("seed", `seed must be an integer, got ${seed}`);
    this.space = space;
    this.direction = direction;
    this.seed = seed;
    this.#sampler = options.sampler ?? tpeSampler();
    this.#pruner = options.pruner ?? medianPruner();
    this.#clock = options.clock ?? systemClock;
  }

  /**
   * Continues a study from what `toJSON` gave. Trials that were running then are cancelled; what was queued still is.
   *
   * @param json the parsed text
   * @throws {InvalidArgumentError} if it is no saved study, or one of another space
   */
  static fromJSON<S extends Parameters>(json: unknown, options: ResumeOptions<S>): Study<S> {
    const { direction, seed, queue, trials } = parseStudy(json, options.space);
    const study = new Study({ ...options, direction, seed });
    study.#queue.push(...queue);
    for (const saved of trials) {
      const trial = study.#newTrial(saved.number, saved.point);
      trial.steps.push(...saved.steps);
      study.#entries.push({ trial, startMs: 0, record: { ...saved, parameters: trial.parameters } });
    }
    return study;
  }

  /** Everything that is needed to continue in another process, as plain JSON. */
  toJSON(): StudyJson {
    const { space, direction, seed, trials } = this;
    return writeStudy({ space, direction, seed, trials, queue: this.#queue });
  }

  /** All trials in the order of asking. */
  get trials(): readonly TrialRecord<ValuesOf<S>>[] {
    return this.#entries.map(({ record }) => record);
  }

  /** The complete trial with the best value, of equal ones the first; undefined before any is complete. */
  get bestTrial(): (TrialRecord<ValuesOf<S>> & { readonly value: number }) | undefined {
    let best: (TrialRecord<ValuesOf<S>> & { readonly value: number }) | undefined;
    for (const { record } of this.#entries) {
      const { value } = record;
      if (record.state !== "complete" || value === undefined) continue;
      if (best === undefined || isBetter(value, best.value, this.direction)) best = { ...record, value };
    }
    return best;
  }

  /**
   * Has parameters tried before any that are sampled, such as those in use today.
   *
   * @throws {InvalidArgumentError} if they are not in the space
   */
  enqueue(parameters: ValuesOf<S>): void {
    this.#queue.push(this.space.encode(parameters));
  }

  /**
   * Begins a trial: the next that was enqueued, else one from the sampler.
   *
   * @throws {InvalidArgumentError} if `adjust` leaves the space
   */
  ask(options: AskOptions<ValuesOf<S>> = {}): Trial<ValuesOf<S>> {
    const number = this.#entries.length;
    const sampled = this.#queue.shift() ?? this.#sample(number);
    const point = options.adjust === undefined ? sampled : this.space.encode(options.adjust(this.space.decode(sampled)));
    const trial = this.#newTrial(number, point);
    this.#entries.push({ trial, startMs: this.#clock.now(), record: recordOf(trial, "running") });
    return trial;
  }

  /**
   * Ends a trial. A value that is NaN makes it a failed one.
   *
   * @returns the record of the trial
   * @throws {InvalidArgumentError} if the trial is not running
   */
  tell(number: number, outcome: Outcome): TrialRecord<ValuesOf<S>> {
    const entry = this.#entries[number];
    if (entry?.record.state !== "running") throw new InvalidArgumentError("number", `trial ${number} is not running`);
    const durationMs = Math.max(0, this.#clock.now() - entry.startMs);
    entry.record = { ...recordOf(entry.trial, stateOf(outcome)), ...resultOf(outcome), durationMs };
    return entry.record;
  }

  /**
   * Runs trials until one of the limits is reached. Errors of the objective end their trial, not the search.
   *
   * @param objective gets the trial and a signal; returns the value, or undefined to have the trial pruned
   * @throws {InvalidArgumentError} if there is no limit, or one is out of range
   * @throws {AbortError} if the caller's signal is aborted; the trials that ran are cancelled
   * @throws the error of the objective when `maxFailures` trials in a row have failed
   */
  async optimize(objective: Objective<ValuesOf<S>>, options: OptimizeOptions<ValuesOf<S>>): Promise<void> {
    await runTrials(this, objective, options, this.#clock);
  }

  #sample(number: number): Point {
    const { space, direction, seed, trials } = this;
    return this.#sampler.sample({ space, direction, trials, random: new TrialRandom(seed, number) });
  }

  #newTrial(number: number, point: Point): Trial<ValuesOf<S>> {
    return new Trial(number, this.space.decode(point), point, (trial) => {
      const structure = this.space.structureOf(point);
      const others = this.trials.filter(
        (other) => other.number !== number && this.space.structureOf(other.point) === structure,
      );
      return this.#pruner.shouldPrune({ direction: this.direction, trial: recordOf(trial, "running"), others });
    });
  }
}

function recordOf<V>(trial: Trial<V>, state: TrialState): TrialRecord<V> {
  const { number, parameters, point, steps } = trial;
  return { number, state, parameters, value: undefined, steps, error: undefined, durationMs: 0, point };
}

function stateOf(outcome: Outcome): TrialState {
  if (typeof outcome === "string") return outcome;
  return "value" in outcome && !Number.isNaN(outcome.value) ? "complete" : "failed";
}

function resultOf(outcome: Outcome): { value?: number; error?: Error } {
  if (typeof outcome === "string") return {};
  if ("value" in outcome) {
    return Number.isNaN(outcome.value) ? { error: new Error("the objective returned NaN") } : { value: outcome.value };
  }
  return { error: outcome.error instanceof Error ? outcome.error : new Error(String(outcome.error)) };
}
