import { AbortError, type Clock, FurzeError, type Logger, silentLogger, throwIfAborted } from "@furze/core";
import type { PipelineOptions } from "@furze/recommend";
import type { BlobStore, CacheStore, DataStore, SearchColumn } from "@furze/storage";
import { type CycleResult, runCycle, trainingDigest } from "./cycle.ts";
import { runSearch } from "./search-run.ts";
import type { TaskReporter } from "./task-graph.ts";
import { loadTrainingState, type TrainingState } from "./training-state.ts";

export interface SearchOptions {
  /** Time between two searches, milliseconds, > 0. A search ends before the next cycle is due. */
  readonly periodMs: number;
  /** Models that one search tries at most, > 0. */
  readonly trials: number;
}

export interface TrainingOptions {
  /** How many tasks run side by side, > 0. */
  readonly jobs: number;
  /** Time between two cycles, milliseconds. */
  readonly fitPeriodMs: number;
  /** Epochs of the factor model at most, > 0. */
  readonly numEpochs: number;
  /** Evaluations without a better score after which a fit stops; 0 = never early. */
  readonly patience: number;
  /** Search for better parameters of the factor model. Default: never. */
  readonly search?: SearchOptions | undefined;
  /** What item search looks into. Default none: search is off. */
  readonly searchColumns?: readonly SearchColumn[] | undefined;
  /** How often to look for the first feedback, milliseconds. Default 5,000. */
  readonly emptyPollMs?: number | undefined;
}

export interface TrainerOptions {
  readonly dataStore: DataStore;
  readonly cacheStore: CacheStore;
  readonly blobStore: BlobStore;
  readonly pipeline: PipelineOptions;
  readonly training: TrainingOptions;
  readonly reporter: TaskReporter;
  readonly clock: Clock;
  readonly logger?: Logger | undefined;
}

const RETRY_MS = 30_000;

/**
 * Runs training cycles: one at the start unless the last is still good, then one each `fitPeriodMs`, and whenever it is told to.
 * Between cycles it searches for better parameters, where `search` says so; what it finds is fitted at once.
 * Before there is any feedback it waits; that is a state, not a failure. What it has made survives a restart.
 * Item search is set up at the start and filled up in each cycle.
 */
export class Trainer {
  readonly #options: TrainerOptions;
  readonly #logger: Logger;
  /** After a cycle that failed as a whole, so that a broken store is not asked without a pause. */
  #retryMs = 0;
  readonly #stopping = new AbortController();
  #cycle: AbortController | undefined;
  #wake: (() => void) | undefined;
  #isTriggered = false;
  #lastCount: number | undefined;
  #state: TrainingState;
  #loop: Promise<void> | undefined;

  private constructor(options: TrainerOptions, state: TrainingState) {
    this.#options = options;
    this.#logger = options.logger ?? silentLogger;
    this.#state = state;
  }

  /** Reads what earlier runs have left; nothing runs before `start`. */
  static async open(options: TrainerOptions): Promise<Trainer> {
    return new Trainer(options, await loadTrainingState(options.cacheStore));
  }

  /** What the last complete cycle made. */
  get state(): TrainingState {
    return this.#state;
  }

  start(): void {
    this.#loop ??= this.#run();
  }

  /**
   * Starts a cycle now. One that is under way is given up: it would train on data that has just been called old.
   *
   * @returns false when the trainer has stopped
   */
  trigger(): boolean {
    if (this.#stopping.signal.aborted) return false;
    this.#isTriggered = true;
    this.#cycle?.abort(new AbortError("a newer training cycle was asked for"));
    this.#wake?.();
    return true;
  }

  /** Gives up the running cycle and waits until nothing runs any more. */
  async stop(): Promise<void> {
    this.#stopping.abort(new AbortError("the trainer stops"));
    this.#cycle?.abort(this.#stopping.signal.reason);
    this.#wake?.();
    await this.#loop;
  }

  async #run(): Promise<void> {
    await this.#setUpSearch();
    while (!this.#stopping.signal.aborted) {
      const isForced = this.#isTriggered;
      this.#isTriggered = false;
      this.#retryMs = 0;
      try {
        if (isForced || (await this.#isDue())) await this.#runCycle(isForced);
        else if (this.#isSearchDue()) await this.#search();
      } catch (error) {
        if (!isAbort(error)) {
          this.#retryMs = RETRY_MS;
          this.#logger.error("training cycle failed", { error });
        }
      }
      if (!this.#isTriggered && !this.#stopping.signal.aborted) await this.#sleep(this.#pauseMs());
    }
  }

  /** Items can be searched before there is feedback. What fails here is tried again in the next cycle. */
  async #setUpSearch(): Promise<void> {
    const { dataStore, training } = this.#options;
    try {
      await dataStore.itemSearch.index(training.searchColumns ?? [], { signal: this.#stopping.signal });
    } catch (error) {
      if (!isAbort(error)) this.#logger.error("item search cannot be set up", { error });
    }
  }

  async #runCycle(isForced: boolean): Promise<void> {
    // Looking whether one is due takes a moment, in which the trainer may have been stopped.
    throwIfAborted(this.#stopping.signal);
    const cycle = new AbortController();
    this.#cycle = cycle;
    try {
      const result: CycleResult = await runCycle({ ...this.#options, state: this.#state, isForced, signal: cycle.signal });
      this.#state = result.state;
      this.#logger.info("training cycle done", { ...result.summary });
    } finally {
      this.#cycle = undefined;
    }
  }

  async #search(): Promise<void> {
    throwIfAborted(this.#stopping.signal);
    const { pipeline, training, clock, ...others } = this.#options;
    const searching = new AbortController();
    this.#cycle = searching;
    try {
      const before = this.#state.tuned;
      this.#state = await runSearch({
        ...others,
        ...{ pipeline, clock, state: this.#state, signal: searching.signal, trials: training.search?.trials ?? 1 },
        timeLimitMs: Math.max(1, this.#nextCycleMs() - clock.now()),
      });
      // What the search has found is worth nothing before it is fitted.
      if (JSON.stringify(this.#state.tuned) !== JSON.stringify(before)) this.#isTriggered = true;
    } finally {
      this.#cycle = undefined;
    }
  }

  #isSearchDue(): boolean {
    return this.#options.clock.now() >= this.#nextSearchMs();
  }

  /** Never, while there is no model whose parameters could be better. */
  #nextSearchMs(): number {
    const { search } = this.#options.training;
    const { searchedMs, models } = this.#state;
    if (search === undefined || models.length === 0) return Number.POSITIVE_INFINITY;
    return searchedMs === undefined ? 0 : searchedMs + search.periodMs;
  }

  #nextCycleMs(): number {
    return this.#state.finishedMs + this.#options.training.fitPeriodMs;
  }

  async #isDue(): Promise<boolean> {
    const { state } = this;
    if (state.listsVersion > 0) {
      if (state.optionsDigest !== trainingDigest(this.#options)) return true;
      return this.#options.clock.now() >= this.#nextCycleMs();
    }
    // The first feedback may be an import that is still going on: it is over when nothing has come since the last look.
    const count = await this.#options.dataStore.feedback.count();
    const isAtRest = count === this.#lastCount;
    this.#lastCount = count;
    return count > 0 && isAtRest;
  }

  #pauseMs(): number {
    if (this.#retryMs > 0) return this.#retryMs;
    if (this.#state.listsVersion === 0) return this.#options.training.emptyPollMs ?? 5000;
    return Math.max(0, Math.min(this.#nextCycleMs(), this.#nextSearchMs()) - this.#options.clock.now());
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#wake = undefined;
        resolve();
      };
      // setTimeout takes at most 2^31 - 1 ms; a longer period just looks again then.
      const timer = setTimeout(done, Math.min(ms, 2 ** 31 - 1));
      this.#wake = done;
    });
  }
}

function isAbort(error: unknown): boolean {
  return FurzeError.is(error) && error.code === "ABORTED";
}
