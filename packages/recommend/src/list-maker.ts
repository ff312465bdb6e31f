import { type CallOptions, type Clock, type ProgressListener, throwIfAborted, type UserId } from "@furze/core";
import type { CacheStore, ListPut, RankedList, UserStore } from "@furze/storage";
import type { MergedCandidate } from "./candidate-list.ts";
import { overlap } from "./overlap.ts";
import type { Pipeline } from "./pipeline.ts";
import { collections } from "./pipeline-options.ts";
import type { UserHistory } from "./user-history.ts";

/** Stands as the model of a list for which a script or a language model failed. */
const INCOMPLETE = "incomplete";
/** Such a list is made again after this time, not at once: what is down is asked no more often. */
const INCOMPLETE_RETRY_MS = 5 * 60_000;

export interface ListMakerOptions {
  readonly pipeline: Pipeline;
  readonly users: UserStore;
  readonly cacheStore: CacheStore;
  readonly clock: Clock;
  /** Users per batch, > 0. Default 256: one query, one matrix product and one write serve them. Two batches are under way at once. */
  readonly batchSize?: number | undefined;
}

export interface MakeListsOptions extends CallOptions {
  /** Whether a user is this process's business. Default: every user is. */
  readonly owns?: ((userId: UserId) => boolean) | undefined;
  /** `done` counts users looked at. */
  readonly onProgress?: ProgressListener | undefined;
}

export interface MakeListsResult {
  /** Users looked at. */
  readonly checked: number;
  /** Lists that were stale and have been made anew. */
  readonly made: number;
}

/** The offline path: makes the ranked list of every user whose list is missing or stale, batch by batch. */
export class ListMaker {
  readonly #options: ListMakerOptions;
  readonly #batchSize: number;

  constructor(options: ListMakerOptions) {
    this.#options = options;
    this.#batchSize = options.batchSize ?? 256;
  }

  /**
   * Goes over all owned users once.
   *
   * @throws {AbortError} between two batches; lists made so far stay
   */
  async makeLists(options: MakeListsOptions = {}): Promise<MakeListsResult> {
    const { users, pipeline } = this.#options;
    pipeline.forget();
    // Lists are as old as what they know of items: a change that comes while they are being made must still be applied to them.
    const updatedMs = this.#options.clock.now();
    await pipeline.space.load(options);
    const total = await users.count(options);
    let checked = 0;
    let made = 0;
    await overlap(users.scan({ batchSize: this.#batchSize, signal: options.signal }), async (rows) => {
      throwIfAborted(options.signal);
      const owned = rows.map((user) => user.userId).filter((userId) => options.owns?.(userId) ?? true);
      const madeOfBatch = await this.#makeBatch(owned, updatedMs, options);
      // Added behind the wait: other batches count meanwhile.
      made += madeOfBatch;
      checked += rows.length;
      options.onProgress?.({ done: checked, total: Math.max(total, checked) });
    });
    return { checked, made };
  }

  async #makeBatch(userIds: readonly UserId[], updatedMs: number, call: CallOptions): Promise<number> {
    if (userIds.length === 0) return 0;
    const { pipeline, cacheStore } = this.#options;
    // Taken before the work: lists that a newer model has had a part in are made once more, never taken for the newer one's.
    const { modelId } = pipeline;
    const keys = userIds.map((name) => ({ collection: collections.recommend, name }));
    const [{ lists }, histories] = await Promise.all([
      cacheStore.getLists(keys, call),
      pipeline.histories.recall(userIds, call),
    ]);
    const stale = histories.filter(
      (history, position) => this.#isActive(history) && this.#isStale(lists[position], history, modelId),
    );
    if (stale.length === 0) return 0;
    const incomplete = new Set<number>();
    const ranked = await pipeline.rank(
      stale.map((history) => pipeline.requestFor(history)),
      {
        limit: pipeline.options.cacheSize,
        signal: call.signal,
        onIncomplete: (position) => incomplete.add(position),
      },
    );
    const madeBy = (position: number) => ({ updatedMs, modelId: incomplete.has(position) ? INCOMPLETE : modelId });
    await cacheStore.putLists(
      stale.map((history, position) => this.#listOf(history, ranked[position] ?? [], madeBy(position))),
      call,
    );
    return stale.length;
  }

  #isActive(history: UserHistory): boolean {
    const { activeUserTtlMs } = this.#options.pipeline.options;
    return activeUserTtlMs === undefined || history.updatedMs >= this.#options.clock.now() - activeUserTtlMs;
  }

  /** Missing, made under other options, by other models or from other feedback, old, or half of it excluded by now. */
  #isStale(list: RankedList | undefined, history: UserHistory, modelId: string): boolean {
    if (list === undefined) return true;
    const { pipeline, clock } = this.#options;
    if (list.digest !== pipeline.listDigest(history)) return true;
    if (list.modelId === INCOMPLETE) return list.updatedMs <= clock.now() - INCOMPLETE_RETRY_MS;
    if (list.modelId !== modelId) return true;
    const { refreshMs, listTtlMs } = pipeline.options;
    if (list.updatedMs < clock.now() - Math.min(refreshMs, listTtlMs / 2)) return true;
    const excluded = pipeline.excludedFor(history);
    const gone = list.entries.filter((entry) => excluded.has(pipeline.space.indexOf(entry.id))).length;
    return gone * 2 > list.entries.length;
  }

  #listOf(
    history: UserHistory,
    ranked: readonly MergedCandidate[],
    made: { readonly updatedMs: number; readonly modelId: string },
  ): ListPut {
    const { pipeline } = this.#options;
    const { space } = pipeline;
    const entries = ranked.map(({ index, score, sources }) => ({
      id: space.idOf(index),
      score,
      categories: space.categoriesOf(index),
      sources,
    }));
    const list = { entries, ...made, digest: pipeline.listDigest(history) };
    const expiresMs = made.updatedMs + pipeline.options.listTtlMs;
    return { collection: collections.recommend, name: history.userId, list, expiresMs };
  }
}
