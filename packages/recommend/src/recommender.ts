import { type Clock, type Feedback, FurzeError, type ItemId, type UserId } from "@furze/core";
import { type CacheStore, type DataStore, type ListEntry, type ListKey, packFeedback, type RankedList } from "@furze/storage";
import type { CandidateRequest } from "./candidate-generator.ts";
import type { MergedCandidate } from "./candidate-list.ts";
import { ItemSet } from "./item-set.ts";
import { LatestItems } from "./latest-items.ts";
import { hasCategories, ListReader } from "./list-reader.ts";
import type { Pipeline } from "./pipeline.ts";
import { collections } from "./pipeline-options.ts";
import type { ListAnswer, Recommendation, RecommendQuery, SimilarUser } from "./recommendation.ts";
import type { RecommenderService } from "./recommender-service.ts";
import { historyOf, type UserHistory } from "./user-history.ts";

export interface RecommenderOptions {
  readonly pipeline: Pipeline;
  readonly dataStore: DataStore;
  readonly cacheStore: CacheStore;
  readonly clock: Clock;
  /** Whether this process can rank by itself now; without it a list that is out of date is served as it is. Default: always. */
  readonly canPropose?: (() => boolean) | undefined;
}

/** The online path: lists, overlay, exclusions and fallbacks become an answer. */
export class Recommender implements RecommenderService {
  readonly #pipeline: Pipeline;
  readonly #latest: LatestItems;
  readonly #cache: CacheStore;
  readonly #clock: Clock;
  readonly #lists: ListReader;
  readonly #canPropose: () => boolean;

  constructor(options: RecommenderOptions) {
    this.#pipeline = options.pipeline;
    this.#latest = new LatestItems(options.dataStore);
    this.#cache = options.cacheStore;
    this.#clock = options.clock;
    this.#lists = new ListReader(options.cacheStore, options.pipeline.space);
    this.#canPropose = options.canPropose ?? (() => true);
  }

  async recommend(userId: UserId, query: RecommendQuery): Promise<Recommendation[]> {
    const [list, history] = await Promise.all([
      this.#lists.read({ collection: collections.recommend, name: userId }, query),
      this.#historyOf(userId, query),
    ]);
    const needed = (query.offset ?? 0) + query.limit;
    const request = this.#pipeline.requestFor(history, query.categories);
    const excluded = this.#pipeline.excludedFor(history);
    const stored = this.#isUpToDate(list, history) ? fromList(list, needed, this.#admitted(query, excluded)) : undefined;
    const answer = stored ?? (await this.#rank(request, needed, query));
    const filled = await this.#fill(answer, request, needed, query);
    return filled.slice(query.offset ?? 0, needed);
  }

  async recommendForSession(feedback: readonly Feedback[], query: RecommendQuery): Promise<Recommendation[]> {
    const name = firstName(this.#pipeline.options.itemToItem, "item-to-item recommendation is not enabled");
    const { roles } = this.#pipeline.options;
    const newestFirst = feedback.toSorted((a, b) => b.timestampMs - a.timestampMs);
    const columns = packFeedback([newestFirst]);
    const history = historyOf({ userId: "", columns, list: 0, roles, space: this.#pipeline.space });
    const request = this.#pipeline.requestFor(history, query.categories);
    const needed = (query.offset ?? 0) + query.limit;
    const answer = await this.#propose([`item-to-item/${name}`], request, needed, query);
    return answer.slice(query.offset ?? 0, needed);
  }

  async latest(query: RecommendQuery): Promise<Recommendation[]> {
    const { itemTtlMs } = this.#pipeline.options;
    const seen = query.excludeSeenBy === undefined ? undefined : await this.#historyOf(query.excludeSeenBy, query);
    const items = await this.#latest.read({
      limit: query.limit,
      offset: query.offset,
      categories: query.categories,
      sinceMs: itemTtlMs === undefined ? undefined : this.#clock.now() - itemTtlMs,
      exclude: seen && new Set(Iterator.from(seen.seen).map((index) => this.#pipeline.space.idOf(index))),
      signal: query.signal,
    });
    return items.map(({ itemId, timestampMs }) => ({
      itemId,
      score: Math.floor(timestampMs / 1000),
      sources: ["latest"],
      modelId: "",
    }));
  }

  async nonPersonalized(name: string, query: RecommendQuery): Promise<ListAnswer<Recommendation>> {
    return this.#readList({ collection: collections.nonPersonalized(name), name: query.categories?.[0] ?? "" }, query);
  }

  async itemToItem(name: string | undefined, itemId: ItemId, query: RecommendQuery): Promise<ListAnswer<Recommendation>> {
    const known = name ?? firstName(this.#pipeline.options.itemToItem, "item-to-item recommendation is not enabled");
    return this.#readList({ collection: collections.itemToItem(known), name: itemId }, query);
  }

  async userToUser(name: string | undefined, userId: UserId, query: RecommendQuery): Promise<ListAnswer<SimilarUser>> {
    const known = name ?? firstName(this.#pipeline.options.userToUser, "user-to-user recommendation is not enabled");
    const { lists } = await this.#cache.getLists([{ collection: collections.userToUser(known), name: userId }], query);
    const page = cut(lists[0]?.entries ?? [], query);
    return { rows: page.map(({ id, score }) => ({ userId: id, score })), updatedMs: lists[0]?.updatedMs };
  }

  async collaborative(userId: UserId, query: RecommendQuery): Promise<ListAnswer<Recommendation>> {
    if (!this.#pipeline.options.collaborative) {
      throw new FurzeError("NOT_FOUND", "collaborative filtering recommendation is disabled");
    }
    return this.#readList({ collection: collections.recommend, name: userId }, { ...query, excludeSeenBy: userId });
  }

  async proposals(recommender: string, userId: UserId, query: RecommendQuery): Promise<Recommendation[]> {
    if (recommender === "collaborative" && this.#pipeline.options.collaborative && !this.#pipeline.holdsFactors) {
      throw new FurzeError("MODEL_NOT_READY", "this process holds no factor model: it cannot tell what collaborative proposes");
    }
    const history = await this.#historyOf(userId, query);
    const needed = (query.offset ?? 0) + query.limit;
    const rows = await this.#propose([recommender], this.#pipeline.requestFor(history, query.categories), needed, query);
    return rows.slice(query.offset ?? 0);
  }

  async #readList(key: ListKey, query: RecommendQuery): Promise<ListAnswer<Recommendation>> {
    const [list, history] = await Promise.all([
      this.#lists.read(key, query),
      query.excludeSeenBy === undefined ? undefined : this.#historyOf(query.excludeSeenBy, query),
    ]);
    const needed = (query.offset ?? 0) + query.limit;
    const rows = list === undefined ? [] : fromList(list, needed, this.#admitted(query, history?.seen));
    return { rows: cut(rows, query), updatedMs: list?.updatedMs };
  }

  /** A list is served as it is until the user likes something new that this process can rank by. */
  #isUpToDate(list: RankedList | undefined, history: UserHistory): list is RankedList {
    if (list === undefined) return false;
    return list.digest === this.#pipeline.listDigest(history) || !this.#canPropose();
  }

  #admitted(query: RecommendQuery, excluded: ItemSet | undefined): (entry: ListEntry) => boolean {
    const { space } = this.#pipeline;
    return (entry) => hasCategories(entry, query.categories ?? []) && !excluded?.has(space.indexOf(entry.id));
  }

  #historyOf(userId: UserId, query: RecommendQuery): Promise<UserHistory> {
    return this.#pipeline.histories.loadOne(userId, query);
  }

  async #rank(request: CandidateRequest, limit: number, query: RecommendQuery): Promise<Recommendation[]> {
    if (limit === 0) return [];
    const { contextSize } = this.#pipeline.options;
    const [ranked = []] = await this.#pipeline.rank([request], { limit, contextSize, signal: query.signal });
    return ranked.map((candidate) => this.#toRecommendation(candidate));
  }

  async #propose(
    names: readonly string[],
    request: CandidateRequest,
    limit: number,
    query: RecommendQuery,
  ): Promise<Recommendation[]> {
    if (limit === 0) return [];
    const { contextSize } = this.#pipeline.options;
    const [merged = []] = await this.#pipeline.propose(names, [request], { limit, contextSize, signal: query.signal });
    return merged.map((candidate) => this.#toRecommendation(candidate));
  }

  /** Appends what the fallbacks have until `needed` items stand there. */
  async #fill(
    answer: readonly Recommendation[],
    request: CandidateRequest,
    needed: number,
    query: RecommendQuery,
  ): Promise<Recommendation[]> {
    const filled = [...answer];
    for (const name of this.#pipeline.options.fallback) {
      if (filled.length >= needed) break;
      const excluded = ItemSet.of([
        ...request.filter.excluded,
        ...filled.map(({ itemId }) => this.#pipeline.space.indexOf(itemId)),
      ]);
      const rest = { ...request, filter: { ...request.filter, excluded } };
      filled.push(...(await this.#propose([name], rest, needed - filled.length, query)));
    }
    return filled;
  }

  #toRecommendation({ index, score, sources, modelId }: MergedCandidate): Recommendation {
    return { itemId: this.#pipeline.space.idOf(index), score, sources, modelId };
  }
}

/** The first `limit` places that are admitted. */
function fromList(list: RankedList, limit: number, admits: (entry: ListEntry) => boolean): Recommendation[] {
  const rows: Recommendation[] = [];
  for (const entry of list.entries) {
    if (rows.length >= limit) break;
    if (admits(entry)) rows.push({ itemId: entry.id, score: entry.score, sources: entry.sources, modelId: list.modelId });
  }
  return rows;
}

function cut<Row>(rows: readonly Row[], query: RecommendQuery): readonly Row[] {
  const offset = query.offset ?? 0;
  return rows.slice(offset, offset + query.limit);
}

function firstName(recommenders: readonly { readonly name: string }[], otherwise: string): string {
  const [first] = recommenders;
  if (first === undefined) throw new FurzeError("NOT_FOUND", otherwise);
  return first.name;
}
