import { AbortError, type CallOptions, type Clock, FurzeError, type Logger, silentLogger, throwIfAborted } from "@furze/core";
import type { PipelineOptions } from "@furze/recommend";
import type { BlobStore, CacheStore, DataStore } from "@furze/storage";
import { type CycleResult, runCycle, trainingDigest } from "./cycle.ts";
import { cyclePeriodMs, plannedModels } from "./model-plan.ts";
import { runSearch } from "./search-run.ts";
import type { TaskReporter } from "./task-graph.ts";
import type { ModelKindName, SearchOptions, TrainingOptions } from "./training-options.ts";
import { loadTrainingState, type TrainingState } from "./training-state.ts";

export interface TrainerOptions {
  readonly dataStore: DataStore;
  readonly cacheStore: CacheStore;
  readonly blobStore: BlobStore;
  readonly pipeline: PipelineOptions;
  readonly training: TrainingOptions;
  readonly reporter: TaskReporter;
  readonly clock: Clock;
  readonly logger?: Logger | undefined;
  /** Where lists are made of what a cycle has left. Default: nowhere. */
  readonly lists?: ListMakers | undefined;
}

/** Those who make lists of what training has left, in other processes. */
export interface ListMakers {
  /** Resolves when the lists of a version are made, or the time is over. @throws {AbortError} if the signal is aborted */
  made(listsVersion: number, wait: CallOptions & { readonly timeLimitMs: number }): Promise<void>;
}

const RETRY_MS = 30_000;

/**
 * Runs training cycles: one at the start unless the last is still good, then one each shortest `fitPeriodMs`, and whenever it is
 * told to. Between cycles it searches for better parameters, where `search` says so; what it finds is fitted at once. A search leaves
 * the machine to the lists of the cycle before it: it waits until they are made, though not for more than half the time to the next.
 * Before there is any feedback it waits; that is a state, not a failure. What it has made survives a restart.
 * Item search is set up at the start and when the options change, and filled up in each cycle.
 */
export class Trainer {
  #options: TrainerOptions;
  readonly #logger: Logger;
  /** After a cycle that failed as a whole, so that a broken store is not asked without a pause. */
  #retryMs = 0;
  readonly #stopping = new AbortController();
  #cycle: AbortController | undefined;
  #wake: (() => void) | undefined;
  #isTriggered = false;
  /** Whether the options have come since the loop last began anew. */
  #isConfigured = true;
  #lastCount: number | undefined;
  /** Whether others may still make lists of what the last cycle left. */
  #areListsDue = false;
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

  /**
   * Goes on under other options. What is under way is given up; a cycle starts at once if the options change what it would make.
   */
  configure({ pipeline, training }: Pick<TrainerOptions, "pipeline" | "training">): void {
    this.#options = { ...this.#options, pipeline, training };
    this.#isConfigured = true;
    this.#cycle?.abort(new AbortError("the options of training have changed"));
    this.#wake?.();
  }

  /** Gives up the running cycle and waits until nothing runs any more. */
  async stop(): Promise<void> {
    this.#stopping.abort(new AbortError("the trainer stops"));
    this.#cycle?.abort(this.#stopping.signal.reason);
    this.#wake?.();
    await this.#loop;
  }

  async #run(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      if (this.#isConfigured) {
        this.#isConfigured = false;
        await this.#setUpSearch();
      }
      const isForced = this.#isTriggered;
      this.#isTriggered = false;
      this.#retryMs = 0;
      try {
        if (isForced || (await this.#isDue())) await this.#runCycle(isForced);
        else await this.#searchIfDue();
      } catch (error) {
        if (!isAbort(error)) {
          this.#retryMs = RETRY_MS;
          this.#logger.error("training cycle failed", { error });
        } else if (isForced) {
          // What was asked for is still owed, under the options that have come between.
          this.#isTriggered = true;
        }
      }
      const isAwaited = this.#isTriggered || this.#isConfigured || this.#stopping.signal.aborted;
      if (!isAwaited) await this.#sleep(this.#pauseMs());
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
      this.#areListsDue ||= result.state.listsVersion > this.#state.listsVersion;
      this.#state = result.state;
      this.#logger.info("training cycle done", { ...result.summary });
    } finally {
      this.#cycle = undefined;
    }
  }

  /** Searches for the model that has waited longest, so that none keeps the others from their turn. */
  async #searchIfDue(): Promise<void> {
    const [first] = this.#searches().sort((a, b) => a.dueMs - b.dueMs);
    if (first !== undefined && this.#options.clock.now() >= first.dueMs) await this.#search(first.kind, first.search);
  }

  async #search(kind: ModelKindName, { trials }: SearchOptions): Promise<void> {
    throwIfAborted(this.#stopping.signal);
    const { clock } = this.#options;
    const searching = new AbortController();
    this.#cycle = searching;
    try {
      await this.#awaitLists(searching.signal);
      const before = this.#state.searches[kind]?.tuned;
      const timeLimitMs = Math.max(1, this.#nextCycleMs() - clock.now());
      this.#state = await runSearch({
        ...this.#options,
        state: this.#state,
        signal: searching.signal,
        kind,
        trials,
        timeLimitMs,
      });
      // What the search has found is worth nothing before it is fitted.
      if (JSON.stringify(this.#state.searches[kind]?.tuned) !== JSON.stringify(before)) this.#isTriggered = true;
    } finally {
      this.#cycle = undefined;
    }
  }

  async #awaitLists(signal: AbortSignal): Promise<void> {
    const { lists, clock } = this.#options;
    const timeLimitMs = (this.#nextCycleMs() - clock.now()) / 2;
    if (this.#areListsDue && timeLimitMs > 0) await lists?.made(this.#state.listsVersion, { signal, timeLimitMs });
    this.#areListsDue = false;
  }

  /** Searches that are wanted, for models that there are, with the time when they are due. */
  #searches(): { readonly kind: ModelKindName; readonly search: SearchOptions; readonly dueMs: number }[] {
    const { pipeline, training } = this.#options;
    const { models, searches, listsVersion } = this.#state;
    // Before the first cycle there may be no data yet, and there is no next one that would set the search a limit.
    if (listsVersion === 0) return [];
    return Array.from(plannedModels(pipeline, training)).flatMap(([kind, { search }]) => {
      // Weights of recommenders are the one model that only a search makes.
      if (search === undefined || !(kind === "fusion" || models.some((model) => model.kind === kind))) return [];
      const searchedMs = searches[kind]?.searchedMs;
      return [{ kind, search, dueMs: searchedMs === undefined ? 0 : searchedMs + search.periodMs }];
    });
  }

  #nextCycleMs(): number {
    const { pipeline, training } = this.#options;
    return this.#state.finishedMs + cyclePeriodMs(pipeline, training);
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
    return Math.max(
      0,
      Math.min(this.#nextCycleMs(), ...this.#searches().map(({ dueMs }) => dueMs)) - this.#options.clock.now(),
    );
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
