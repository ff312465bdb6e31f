import type { Feedback, ItemId, UserId } from "@furze/core";
import type { ListAnswer, Recommendation, RecommendQuery, SimilarUser } from "./recommendation.ts";

/**
 * Everything a server answers about recommendations; implemented by `Recommender`.
 * Hidden, deleted and expired items never appear, nor do items that the asking user has feedback on.
 * A name is that of a configured recommender; `undefined` takes the first configured one.
 */
export interface RecommenderService {
  /**
   * Final recommendations of a user: his ranked list, then the fallbacks. Never fails for an unknown user.
   */
  recommend(userId: UserId, query: RecommendQuery): Promise<Recommendation[]>;
  /** Recommendations for somebody without an account, from the feedback of his session. @throws {NotFoundError} when no item-to-item recommender is configured */
  recommendForSession(feedback: readonly Feedback[], query: RecommendQuery): Promise<Recommendation[]>;
  /** Newest items, straight from the data store. */
  latest(query: RecommendQuery): Promise<Recommendation[]>;
  /** A leaderboard. An unknown name gives no rows. */
  nonPersonalized(name: string, query: RecommendQuery): Promise<ListAnswer<Recommendation>>;
  /** Neighbors of an item. @throws {NotFoundError} when no item-to-item recommender is configured and `name` is undefined; an unknown name gives no rows */
  itemToItem(name: string | undefined, itemId: ItemId, query: RecommendQuery): Promise<ListAnswer<Recommendation>>;
  /** Users like a user; errors as `itemToItem`. */
  userToUser(name: string | undefined, userId: UserId, query: RecommendQuery): Promise<ListAnswer<SimilarUser>>;
  /** The user's ranked list as it was stored, without fallbacks. @throws {NotFoundError} when collaborative filtering is off */
  collaborative(userId: UserId, query: RecommendQuery): Promise<ListAnswer<Recommendation>>;
  /**
   * What one recommender, such as `latest` or `item-to-item/similar`, proposes to a user before anything is merged and ranked.
   *
   * @throws {InvalidArgumentError} if there is no such recommender
   * @throws {FurzeError} `MODEL_NOT_READY` where it needs a model that this process does not hold
   */
  proposals(recommender: string, userId: UserId, query: RecommendQuery): Promise<Recommendation[]>;
}
