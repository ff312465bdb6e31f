import {
  type CallOptions,
  type Feedback,
  type FeedbackRoles,
  type Item,
  matchesAnyFeedback,
  type ProgressListener,
} from "@furze/core";
import { type CompiledExpression, compileExpression, type LeaderboardInputs, leaderboardEnvironment } from "@furze/expression";
import { collections, digestOf, type LeaderboardOptions } from "@furze/recommend";
import type { CacheStore, DataStore, ListEntry, ListPut } from "@furze/storage";
import { TopList } from "../top-list.ts";

export interface MakeLeaderboardsOptions extends CallOptions {
  readonly dataStore: DataStore;
  readonly cacheStore: CacheStore;
  readonly leaderboards: readonly LeaderboardOptions[];
  readonly roles: FeedbackRoles;
  /** Entries of a list, > 0. */
  readonly limit: number;
  readonly nowMs: number;
  /** Feedback not later than this counts. */
  readonly untilMs: number;
  /** Age limits, as the earliest time that counts. */
  readonly feedbackSinceMs?: number | undefined;
  readonly itemSinceMs?: number | undefined;
  /** How long the lists live, milliseconds. */
  readonly listTtlMs: number;
  /** An expression failed on one item, which is left out of that leaderboard. */
  readonly onItemError?: ((leaderboard: string, item: Item, error: unknown) => void) | undefined;
  readonly onProgress?: ProgressListener | undefined;
}

interface Leaderboard {
  readonly options: LeaderboardOptions;
  readonly score: CompiledExpression<LeaderboardInputs, number>;
  readonly filter: CompiledExpression<LeaderboardInputs, boolean> | undefined;
  /** Best items of each category; `""` holds the best of all. */
  readonly tops: Map<string, TopList<Item>>;
}

/**
 * Makes the lists of all leaderboards, over all items and per category, in one streaming pass over items and feedback in item
 * order: of the feedback, only that of one item is held at a time.
 *
 * @throws {ExpressionError} if a score or filter does not compile
 * Cost: one scan of items and feedback; memory O(leaderboards * categories * limit).
 */
export async function makeLeaderboards(options: MakeLeaderboardsOptions): Promise<void> {
  const boards = options.leaderboards.map(compileLeaderboard);
  if (boards.length === 0) return;
  const feedback = new ItemFeedback(options);
  const total = await options.dataStore.items.count(options);
  let done = 0;
  for await (const items of options.dataStore.items.scan({ signal: options.signal })) {
    for (const item of items) {
      const rows = await feedback.of(item.itemId);
      if (item.isHidden || (options.itemSinceMs !== undefined && item.timestampMs < options.itemSinceMs)) continue;
      for (const board of boards) offer(board, item, rows, options);
    }
    done += items.length;
    options.onProgress?.({ done, total: Math.max(total, done) });
  }
  await options.cacheStore.putLists(
    boards.flatMap((board) => listsOf(board, options)),
    options,
  );
}

function compileLeaderboard(options: LeaderboardOptions): Leaderboard {
  const environment = leaderboardEnvironment;
  return {
    options,
    score: compileExpression(options.score, { environment, resultType: "number" }),
    filter: options.filter === "" ? undefined : compileExpression(options.filter, { environment, resultType: "boolean" }),
    tops: new Map(),
  };
}

function offer(board: Leaderboard, item: Item, feedback: readonly Feedback[], options: MakeLeaderboardsOptions): void {
  const inputs = { item, feedback, now: options.nowMs };
  try {
    if (board.filter?.evaluate(inputs) === false) return;
    const score = board.score.evaluate(inputs);
    if (!Number.isFinite(score)) return;
    for (const category of ["", ...item.categories]) {
      const top = board.tops.get(category) ?? new TopList<Item>(options.limit);
      board.tops.set(category, top);
      top.offer(item, score);
    }
  } catch (error) {
    options.onItemError?.(board.options.name, item, error);
  }
}

function listsOf(board: Leaderboard, options: MakeLeaderboardsOptions): ListPut[] {
  const collection = collections.nonPersonalized(board.options.name);
  const digest = digestOf(board.options);
  const sources = [`non-personalized/${board.options.name}`];
  return [...board.tops].map(([name, top]) => {
    const entries = top
      .ranked()
      .map(({ value, score }): ListEntry => ({ id: value.itemId, score, categories: value.categories, sources }));
    const list = { entries, updatedMs: options.nowMs, digest, modelId: "" };
    return { collection, name, list, expiresMs: options.nowMs + options.listTtlMs };
  });
}

/** Walks the feedback beside the items, both in bytewise id order, and hands out each item's positive rows. */
class ItemFeedback {
  readonly #rows: AsyncIterator<readonly Feedback[]>;
  readonly #roles: FeedbackRoles;
  #batch: readonly Feedback[] = [];
  #position = 0;

  constructor(options: MakeLeaderboardsOptions) {
    this.#roles = options.roles;
    const scan = options.dataStore.feedback.scan({
      order: "item",
      expressions: [...options.roles.positive, ...options.roles.negative],
      untilMs: options.untilMs,
      sinceMs: options.feedbackSinceMs,
      signal: options.signal,
    });
    this.#rows = scan[Symbol.asyncIterator]();
  }

  /** Items must be asked for in ascending order. */
  async of(itemId: string): Promise<readonly Feedback[]> {
    const positive: Feedback[] = [];
    const dislikedBy = new Set<string>();
    for (let row = await this.#peek(); row !== undefined && compareUtf8(row.itemId, itemId) <= 0; row = await this.#peek()) {
      this.#position++;
      if (row.itemId !== itemId) continue;
      if (matchesAnyFeedback(this.#roles.negative, row)) dislikedBy.add(row.userId);
      else positive.push(row);
    }
    return dislikedBy.size === 0 ? positive : positive.filter((row) => !dislikedBy.has(row.userId));
  }

  async #peek(): Promise<Feedback | undefined> {
    while (this.#position >= this.#batch.length) {
      const next = await this.#rows.next();
      if (next.done) return undefined;
      this.#batch = next.value;
      this.#position = 0;
    }
    return this.#batch[this.#position];
  }
}

/** Order of the stores: by UTF-8 bytes, which is the order of code points and not that of UTF-16 units. */
function compareUtf8(a: string, b: string): number {
  return a === b ? 0 : Buffer.compare(Buffer.from(a), Buffer.from(b));
}
