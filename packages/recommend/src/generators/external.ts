import { type CallOptions, type Clock, FurzeError, type Logger, MAX_ID_LENGTH, type UserId } from "@furze/core";
import type { CandidateGenerator, CandidateRequest, GeneratedCandidates, GenerateOptions } from "../candidate-generator.ts";
import { type Candidates, NO_CANDIDATES } from "../candidates.ts";
import type { ItemSpace } from "../item-space.ts";
import type { ExternalOptions } from "../scripts/external-options.ts";
import type { ScriptRunner } from "../scripts/script-runner.ts";

/** After so many failures in a row the script rests: a service that is down would cost each user the time limit. */
const MAX_FAILURES_IN_ROW = 8;
const REST_MS = 10_000;
/** More ids of one script's value are not looked at. */
const MAX_IDS = 10_000;

export interface ExternalDependencies {
  readonly space: ItemSpace;
  readonly runner: ScriptRunner;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * What a script recommends, in its order, with score 0. It knows nothing of categories, so it proposes nothing when some are asked
 * for. A script that fails costs the user its items, not his list; a batch logs one line for all failures. One that fails again and
 * again is left alone for a while.
 */
export class ExternalGenerator implements CandidateGenerator {
  readonly name: string;
  readonly #external: ExternalOptions;
  readonly #space: ItemSpace;
  readonly #runner: ScriptRunner;
  readonly #clock: Clock;
  readonly #logger: Logger;
  #failuresInRow = 0;
  #restsUntilMs = Number.NEGATIVE_INFINITY;

  constructor(external: ExternalOptions, { space, runner, clock, logger }: ExternalDependencies) {
    this.name = `external/${external.name}`;
    this.#external = external;
    this.#space = space;
    this.#runner = runner;
    this.#clock = clock;
    this.#logger = logger;
  }

  /** Cost: one run a user, `runner.threads` of them side by side. */
  async generate(requests: readonly CandidateRequest[], options: GenerateOptions): Promise<GeneratedCandidates> {
    const open = requests.filter(({ filter }) => filter.categories.length === 0);
    const found = await this.#runAll(new Set(open.map(({ history }) => history.userId)), options);
    for (const [position, { history, filter }] of requests.entries()) {
      if (filter.categories.length === 0 && !found.has(history.userId)) options.onIncomplete?.(position);
    }
    const named = new Set<number>();
    for (const indices of found.values()) for (const index of indices) named.add(index);
    await this.#space.ensure(named, options);
    const candidates = requests.map((request) => {
      const isOpen = request.filter.categories.length === 0;
      return this.#pick(isOpen ? (found.get(request.history.userId) ?? []) : [], request, options.limit);
    });
    return { candidates, modelId: "" };
  }

  async #runAll(userIds: ReadonlySet<UserId>, call: CallOptions): Promise<ReadonlyMap<UserId, readonly number[]>> {
    const found = new Map<UserId, readonly number[]>();
    const left = userIds.values();
    const errors: unknown[] = [];
    const work = async (): Promise<void> => {
      for (const userId of left) {
        if (this.#clock.now() < this.#restsUntilMs) return;
        try {
          found.set(userId, this.#indicesOf(await this.#runner.run(this.#external, userId, call)));
          this.#failuresInRow = 0;
        } catch (error) {
          if (!FurzeError.is(error) || error.code === "ABORTED") throw error;
          errors.push(error);
          this.#countFailure();
        }
      }
    };
    await Promise.all(Array.from({ length: Math.min(this.#runner.threads, userIds.size) }, work));
    if (errors.length > 0) {
      const skipped = userIds.size - found.size - errors.length;
      this.#logger.warn("external script failed", { recommender: this.name, users: errors.length, skipped, error: errors[0] });
    }
    return found;
  }

  /** After a rest the next failure is followed by another one. */
  #countFailure(): void {
    this.#failuresInRow++;
    if (this.#failuresInRow >= MAX_FAILURES_IN_ROW) this.#restsUntilMs = this.#clock.now() + REST_MS;
  }

  #indicesOf(itemIds: readonly string[]): readonly number[] {
    const valid = itemIds.slice(0, MAX_IDS).filter((itemId) => itemId !== "" && itemId.length <= MAX_ID_LENGTH);
    return [...new Set(valid)].map((itemId) => this.#space.indexOf(itemId));
  }

  #pick(indices: readonly number[], { filter }: CandidateRequest, limit: number): Candidates {
    const admitted = indices.filter((index) => this.#space.admits(index, filter)).slice(0, limit);
    if (admitted.length === 0) return NO_CANDIDATES;
    return { items: Int32Array.from(admitted), scores: new Float32Array(admitted.length) };
  }
}
