import {
  type CallOptions,
  type Clock,
  type Feedback,
  type FeedbackRoles,
  FurzeError,
  feedbackRole,
  type Item,
  type ItemId,
  type JsonValue,
  type Logger,
  type User,
} from "@furze/core";
import type { DataStore, FeedbackStore } from "@furze/storage";
import type { CandidateRequest, GenerateOptions } from "../candidate-generator.ts";
import { type CandidateList, candidatesIn, type MergedCandidate } from "../candidate-list.ts";
import type { ItemSpace } from "../item-space.ts";
import { itemVariable, PromptTemplate, userVariable } from "../llm/prompt-template.ts";
import type { DocumentReranker } from "../llm/reranker-client.ts";
import type { LlmRankerOptions } from "../pipeline-options.ts";
import type { Ranker } from "../ranker.ts";

export interface LlmRankerDependencies {
  readonly dataStore: Pick<DataStore, "users" | "items"> & { readonly feedback: Pick<FeedbackStore, "ofUsers"> };
  readonly space: ItemSpace;
  readonly reranker: DocumentReranker;
  readonly roles: FeedbackRoles;
  readonly clock: Clock;
  /** Newest liked items that a query tells of, > 0. */
  readonly contextSize: number;
  readonly logger: Logger;
}

type Candidates = readonly MergedCandidate[];

/** Users whose lists are being ranked at the same time. */
const CONCURRENCY = 4;
/** After so many failures in a row the rest of the batch keeps its order: a service that is down would cost each user its timeout. */
const MAX_FAILURES_IN_ROW = 4;
const ITEMS_PER_QUERY = 1000;

/**
 * Orders candidates by what a language model holds relevant to a query about the user: both are made by templates. Candidates that it
 * does not rank, or whose template does not fit them, follow in the order they were merged, with the lowest score that it gave. A user whose request fails keeps the merged
 * order, and his list is told to be incomplete.
 *
 * Cost: one request a user, and two queries a batch.
 */
export class LlmRanker implements Ranker {
  /** The model, its place and the templates are part of the options' digest. */
  readonly modelId = "";
  readonly #query: PromptTemplate;
  readonly #document: PromptTemplate;
  readonly #dependencies: LlmRankerDependencies;
  /** The batch before. */
  #last: Promise<unknown> = Promise.resolve();

  /** @throws {InvalidArgumentError} for templates that are none */
  constructor(options: LlmRankerOptions, dependencies: LlmRankerDependencies) {
    this.#query = new PromptTemplate("query_template", options.queryTemplate);
    this.#document = new PromptTemplate("document_template", options.documentTemplate);
    this.#dependencies = dependencies;
  }

  /** Batches that come at the same time are ranked one after another: the model is asked no more often for it. */
  async rank(
    lists: readonly CandidateList[],
    requests: readonly CandidateRequest[],
    options: GenerateOptions,
  ): Promise<MergedCandidate[][]> {
    const candidates = lists.map((list) => candidatesIn(list));
    const turn = this.#last.then(() => this.#rankBatch(candidates, requests, options));
    this.#last = turn.catch(() => {});
    return turn;
  }

  async #rankBatch(
    lists: readonly Candidates[],
    requests: readonly CandidateRequest[],
    options: GenerateOptions,
  ): Promise<MergedCandidate[][]> {
    const batch = await this.#load(lists, requests, options);
    const ranked = lists.map((list) => list.slice(0, options.limit));
    const errors: unknown[] = [];
    let failuresInRow = 0;
    const positions = requests.keys();
    const work = async (): Promise<void> => {
      for (const position of positions) {
        if (failuresInRow >= MAX_FAILURES_IN_ROW) {
          options.onIncomplete?.(position);
          continue;
        }
        try {
          const order = await this.#rankOne(lists[position] ?? [], requests[position] as CandidateRequest, batch, options);
          ranked[position] = order.slice(0, options.limit);
          failuresInRow = 0;
        } catch (error) {
          if (!FurzeError.is(error) || error.code === "ABORTED") throw error;
          errors.push(error);
          failuresInRow++;
          options.onIncomplete?.(position);
        }
      }
    };
    await Promise.all(Array.from({ length: Math.min(CONCURRENCY, requests.length) }, work));
    const { logger } = this.#dependencies;
    for (const [itemId, error] of [...batch.undescribed].slice(0, 1)) {
      logger.warn("the document template does not fit some items", { items: batch.undescribed.size, itemId, error });
    }
    if (errors.length > 0) {
      logger.warn("the language model could not rank some lists", {
        users: errors.length,
        of: requests.length,
        error: errors[0],
      });
    }
    return ranked;
  }

  async #rankOne(list: Candidates, request: CandidateRequest, batch: Batch, call: CallOptions): Promise<Candidates> {
    if (list.length === 0) return list;
    const { space, reranker } = this.#dependencies;
    const query = this.#query.render({
      user: userVariable(batch.userOf(request.history.userId)),
      feedback: batch.feedbackOf(request.history.userId),
    });
    const documents = new Map<MergedCandidate, string>();
    for (const candidate of list) {
      const text = this.#describe(batch.itemOf(space.idOf(candidate.index)), batch);
      if (text !== undefined) documents.set(candidate, text);
    }
    const sent = [...documents.keys()];
    const order = await reranker.rerank(query, [...documents.values()], call);
    const ranked = order.map(({ index, score }) => ({ ...(sent[index] as MergedCandidate), score }));
    const lowest = ranked.at(-1)?.score ?? 0;
    const named = new Set(ranked.map(({ index }) => index));
    const rest = list.filter(({ index }) => !named.has(index)).map((candidate) => ({ ...candidate, score: lowest }));
    return [...ranked, ...rest];
  }

  /** Text of an item; undefined when the template does not fit it, as when it lacks labels: it counts as not ranked. */
  #describe(item: Item, batch: Batch): string | undefined {
    try {
      return this.#document.render({ item: itemVariable(item) });
    } catch (error) {
      batch.undescribed.set(item.itemId, error);
      return undefined;
    }
  }

  /** Everything that the templates may name. */
  async #load(lists: readonly Candidates[], requests: readonly CandidateRequest[], call: CallOptions): Promise<Batch> {
    const { dataStore, space, roles, clock, contextSize } = this.#dependencies;
    const userIds = [...new Set(requests.map(({ history }) => history.userId))];
    const [users, rows] = await Promise.all([
      dataStore.users.get(userIds, call),
      dataStore.feedback.ofUsers(userIds, { untilMs: clock.now(), signal: call.signal }),
    ]);
    const liked = rows.map((list) => list.filter((row) => feedbackRole(roles, row) === "positive").slice(0, contextSize));
    const itemIds = new Set(liked.flatMap((list) => list.map(({ itemId }) => itemId)));
    for (const list of lists) for (const { index } of list) itemIds.add(space.idOf(index));
    const items = new Map<ItemId, Item>();
    const wanted = [...itemIds];
    for (let start = 0; start < wanted.length; start += ITEMS_PER_QUERY) {
      const found = await dataStore.items.get(wanted.slice(start, start + ITEMS_PER_QUERY), call);
      for (const item of found) if (item !== undefined) items.set(item.itemId, item);
    }
    return new Batch(
      new Map(userIds.map((userId, position) => [userId, users[position]])),
      new Map(userIds.map((userId, position) => [userId, liked[position] ?? []])),
      items,
    );
  }
}

/** The rows behind a batch of lists. */
class Batch {
  /** Items that the template could not tell of, with the reason. */
  readonly undescribed = new Map<ItemId, unknown>();
  readonly #users: ReadonlyMap<string, User | undefined>;
  readonly #liked: ReadonlyMap<string, readonly Feedback[]>;
  readonly #items: ReadonlyMap<ItemId, Item>;

  constructor(
    users: ReadonlyMap<string, User | undefined>,
    liked: ReadonlyMap<string, readonly Feedback[]>,
    items: ReadonlyMap<ItemId, Item>,
  ) {
    this.#users = users;
    this.#liked = liked;
    this.#items = items;
  }

  userOf(userId: string): User {
    return this.#users.get(userId) ?? { userId, labels: null, comment: "" };
  }

  itemOf(itemId: ItemId): Item {
    const known = this.#items.get(itemId);
    return known ?? { itemId, isHidden: false, categories: [], timestampMs: 0, labels: null, comment: "" };
  }

  /** Liked items, newest first, each with the type of the feedback. */
  feedbackOf(userId: string): JsonValue {
    const rows = this.#liked.get(userId) ?? [];
    return rows.map(({ itemId, feedbackType }) => ({ FeedbackType: feedbackType, ...itemVariable(this.itemOf(itemId)) }));
  }
}
