import { FurzeError, type Logger, type ProgressListener, silentLogger, type UserId } from "@furze/core";
import type { ListMaker } from "./list-maker.ts";

/** What a worker's lists depend on; a change makes it go over its users at once. */
export interface ListInputs {
  /** Version of the neighbor lists and leaderboards; 0 = there are none yet, and nothing is made. */
  readonly listsVersion: number;
  /** Models at hand, as `Pipeline.modelId` names them; `""` = none. */
  readonly modelId: string;
  /** Identifies which users are owned: changes when members come or go. */
  readonly ownership: string;
  readonly owns: (userId: UserId) => boolean;
}

/** One pass over the users as its reporter sees it; `TaskHandle` of `@furze/telemetry` fits. */
export interface ReportedPass {
  readonly report: ProgressListener;
  complete(): void;
  fail(error: unknown): void;
}

export interface ListSchedulerOptions {
  readonly maker: ListMaker;
  /** Time between two passes when nothing changes, milliseconds. */
  readonly intervalMs: number;
  readonly startPass: () => ReportedPass;
  readonly logger?: Logger | undefined;
}

/** Decides when a worker goes over its users: when its inputs change, and each interval for what users have done since. */
export class ListScheduler {
  readonly #options: ListSchedulerOptions;
  readonly #logger: Logger;
  readonly #stopping = new AbortController();
  #inputs: ListInputs | undefined;
  #isDirty = false;
  #timer: NodeJS.Timeout | undefined;
  #pass: Promise<void> | undefined;

  constructor(options: ListSchedulerOptions) {
    this.#options = options;
    this.#logger = options.logger ?? silentLogger;
  }

  /** Takes new inputs; a pass starts when they differ, after the one that runs. */
  update(inputs: ListInputs): void {
    const before = this.#inputs;
    this.#inputs = inputs;
    const isChanged =
      before === undefined ||
      before.listsVersion !== inputs.listsVersion ||
      before.modelId !== inputs.modelId ||
      before.ownership !== inputs.ownership;
    if (isChanged) this.#request();
  }

  /** Gives up the running pass; lists made so far stay. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    clearTimeout(this.#timer);
    await this.#pass;
  }

  #request(): void {
    this.#isDirty = true;
    this.#pass ??= this.#run().finally(() => {
      this.#pass = undefined;
      this.#scheduleNext();
    });
  }

  #scheduleNext(): void {
    if (this.#stopping.signal.aborted) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#request(), this.#options.intervalMs);
  }

  async #run(): Promise<void> {
    while (this.#isDirty && !this.#stopping.signal.aborted) {
      this.#isDirty = false;
      const inputs = this.#inputs;
      if (inputs !== undefined && inputs.listsVersion > 0) await this.#makeLists(inputs);
    }
  }

  async #makeLists(inputs: ListInputs): Promise<void> {
    const pass = this.#options.startPass();
    const startedMs = performance.now();
    try {
      const { signal } = this.#stopping;
      const result = await this.#options.maker.makeLists({ signal, owns: inputs.owns, onProgress: pass.report });
      pass.complete();
      const ms = Math.round(performance.now() - startedMs);
      this.#logger.info("lists made", { ...result, ms, modelId: inputs.modelId });
    } catch (error) {
      pass.fail(error);
      if (!FurzeError.is(error) || error.code !== "ABORTED") this.#logger.error("making lists failed", { error });
    }
  }
}
