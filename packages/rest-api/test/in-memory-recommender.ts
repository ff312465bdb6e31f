import { FurzeError } from "@furze/core";
import type { ListAnswer, Recommendation, RecommenderService, RecommendQuery, SimilarUser } from "@furze/recommend";

/** A recommender that answers from lists the test sets; every query it gets is kept for the test to look at. */
export class InMemoryRecommender implements RecommenderService {
  readonly lists: Map<string, ListAnswer<Recommendation>> = new Map();
  readonly similarUsers: Map<string, ListAnswer<SimilarUser>> = new Map();
  readonly queries: RecommendQuery[] = [];
  isItemToItemConfigured = true;
  isCollaborativeConfigured = true;
  failure: Error | undefined;

  set(key: string, scores: readonly (readonly [string, number])[], updatedMs?: number): void {
    const rows = scores.map(([itemId, score]) => ({ itemId, score, sources: ["collaborative", "latest"], modelId: "m1" }));
    this.lists.set(key, { rows, updatedMs });
  }

  async recommend(userId: string, query: RecommendQuery): Promise<Recommendation[]> {
    return [...this.#list(`recommend/${userId}`, query).rows];
  }

  async recommendForSession(feedback: readonly { itemId: string }[], query: RecommendQuery): Promise<Recommendation[]> {
    if (!this.isItemToItemConfigured) throw new FurzeError("NOT_FOUND", "item-to-item recommendation is not enabled");
    return feedback.flatMap(({ itemId }) => this.#list(`item-to-item/${itemId}`, query).rows);
  }

  async latest(query: RecommendQuery): Promise<Recommendation[]> {
    return [...this.#list("latest", query).rows];
  }

  async nonPersonalized(name: string, query: RecommendQuery): Promise<ListAnswer<Recommendation>> {
    return this.#list(`non-personalized/${name}`, query);
  }

  async itemToItem(name: string | undefined, itemId: string, query: RecommendQuery): Promise<ListAnswer<Recommendation>> {
    if (name === undefined && !this.isItemToItemConfigured)
      throw new FurzeError("NOT_FOUND", "item-to-item recommendation is not enabled");
    return this.#list(`item-to-item/${name ?? "neighbors"}/${itemId}`, query);
  }

  async userToUser(name: string | undefined, userId: string, query: RecommendQuery): Promise<ListAnswer<SimilarUser>> {
    const answer = this.similarUsers.get(`${name ?? "neighbors"}/${userId}`) ?? { rows: [], updatedMs: undefined };
    return { ...answer, rows: answer.rows.slice(query.offset ?? 0, (query.offset ?? 0) + query.limit) };
  }

  async collaborative(userId: string, query: RecommendQuery): Promise<ListAnswer<Recommendation>> {
    if (!this.isCollaborativeConfigured)
      throw new FurzeError("NOT_FOUND", "collaborative filtering recommendation is disabled");
    return this.#list(`recommend/${userId}`, query);
  }

  async proposals(recommender: string, userId: string, query: RecommendQuery): Promise<Recommendation[]> {
    return [...this.#list(`${recommender}/${userId}`, query).rows];
  }

  #list(key: string, query: RecommendQuery): ListAnswer<Recommendation> {
    this.queries.push(query);
    if (this.failure !== undefined) throw this.failure;
    const answer = this.lists.get(key) ?? { rows: [], updatedMs: undefined };
    const offset = query.offset ?? 0;
    return { ...answer, rows: answer.rows.slice(offset, offset + query.limit) };
  }
}
