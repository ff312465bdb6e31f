// Generated from the OpenAPI document of @furze/rest-api by "pnpm generate". Do not edit.

/** One call of the API, as a method describes it. */
export interface ApiCall {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Path with everything filled in and escaped. */
  readonly path: string;
  /** Query parameters by their names on the wire. */
  readonly query?: Readonly<Record<string, QueryValue>>;
  readonly body?: unknown;
}

export type QueryValue = string | number | boolean | readonly string[] | undefined;

export interface CallOptions {
  /** Ends the call. */
  readonly signal?: AbortSignal | undefined;
}

export interface HealthStatus {
  readonly Ready: boolean;
  readonly DataStoreError: string | null;
  readonly CacheStoreError: string | null;
  readonly DataStoreConnected: boolean;
  readonly CacheStoreConnected: boolean;
}

export interface Success {
  readonly RowAffected: number;
}

export interface User {
  /** 1 to 256 characters */
  readonly UserId: string;
  readonly Labels?: Labels | undefined;
  readonly Comment?: string | null | undefined;
}

/** Text, number, list of texts, list of numbers, or an object of these */
export type Labels = string | number | null | readonly string[] | readonly number[] | { readonly [name: string]: Labels };

export interface UserPatch {
  readonly Labels?: Labels | undefined;
  readonly Comment?: string | null | undefined;
}

export interface UserAnswer {
  readonly UserId: string;
  readonly Labels: Labels;
  readonly Comment: string;
}

export interface UsersPage {
  /** Empty after the last row */
  readonly Cursor: string;
  readonly Users: readonly UserAnswer[];
}

export interface Item {
  /** 1 to 256 characters */
  readonly ItemId: string;
  readonly IsHidden?: boolean | null | undefined;
  readonly Categories?: readonly string[] | null | undefined;
  /** RFC 3339 or another common format; without a zone UTC */
  readonly Timestamp?: string | null | undefined;
  readonly Labels?: Labels | undefined;
  readonly Comment?: string | null | undefined;
}

export interface ItemPatch {
  readonly IsHidden?: boolean | null | undefined;
  readonly Categories?: readonly string[] | null | undefined;
  /** RFC 3339 or another common format; without a zone UTC */
  readonly Timestamp?: string | null | undefined;
  readonly Labels?: Labels | undefined;
  readonly Comment?: string | null | undefined;
}

export interface ItemAnswer {
  readonly ItemId: string;
  readonly IsHidden: boolean;
  readonly Categories: readonly string[] | null;
  readonly Timestamp: string;
  readonly Labels: Labels;
  readonly Comment: string;
}

export interface ItemsPage {
  /** Empty after the last row */
  readonly Cursor: string;
  readonly Items: readonly ItemAnswer[];
}

export interface Feedback {
  /** Name of the kind of feedback, such as `click` */
  readonly FeedbackType: string;
  /** 1 to 256 characters */
  readonly UserId: string;
  /** 1 to 256 characters */
  readonly ItemId: string;
  readonly Value?: number | null | undefined;
  /** RFC 3339 or another common format; without a zone UTC */
  readonly Timestamp?: string | null | undefined;
  readonly Comment?: string | null | undefined;
}

export interface FeedbackPage {
  /** Empty after the last row */
  readonly Cursor: string;
  readonly Feedback: readonly FeedbackAnswer[];
}

export interface FeedbackAnswer {
  readonly FeedbackType: string;
  readonly UserId: string;
  readonly ItemId: string;
  readonly Value: number;
  readonly Timestamp: string;
  readonly Updated: string;
  readonly Comment: string;
}

export interface Recommendation {
  readonly Id: string;
  readonly Score: number;
  /** Recommenders that proposed the item */
  readonly Sources?: readonly string[] | undefined;
  /** Model that scored the item; empty when none did */
  readonly ModelId?: string | undefined;
}

export interface Score {
  readonly Id: string;
  readonly Score: number;
}

export interface SessionFeedback {
  readonly FeedbackType?: string | null | undefined;
  readonly UserId?: string | null | undefined;
  /** 1 to 256 characters */
  readonly ItemId: string;
  readonly Value?: number | null | undefined;
  /** RFC 3339 or another common format; without a zone UTC */
  readonly Timestamp?: string | null | undefined;
  readonly Comment?: string | null | undefined;
}

export interface Measurement {
  readonly Name: string;
  readonly Timestamp: string;
  readonly Value: number;
}

export interface UserInfo {
  readonly name: string;
  readonly family_name: string;
  readonly given_name: string;
  readonly middle_name: string;
  readonly nickname: string;
  readonly picture: string;
  readonly updated_at: string;
  readonly email: string;
  readonly email_verified: boolean;
  readonly auth_type: string;
}

export interface Task {
  readonly Tracer: string;
  readonly Name: string;
  readonly Status: "Pending" | "Running" | "Complete" | "Suspended" | "Failed";
  readonly Error: string;
  readonly Count: number;
  readonly Total: number;
  readonly StartTime: string;
  readonly FinishTime: string;
}

export interface Started {
  readonly Started: boolean;
}

export interface ClusterNode {
  readonly UUID: string;
  readonly Hostname: string;
  readonly Type: string;
  readonly Version: string;
  readonly UpdateTime: string;
}

export interface Stats {
  readonly BinaryVersion: string;
  readonly NumServers: number;
  readonly NumWorkers: number;
  readonly NumUsers: number;
  readonly NumItems: number;
  readonly NumUserLabels: number;
  readonly NumItemLabels: number;
  readonly NumTotalPosFeedback: number;
  readonly NumValidPosFeedback: number;
  readonly NumValidNegFeedback: number;
  readonly PopularItemsUpdateTime: string;
  readonly LatestItemsUpdateTime: string;
  readonly MatchingModelFitTime: string;
  readonly MatchingModelScore: { readonly NDCG: number; readonly Precision: number; readonly Recall: number; };
  readonly RankingModelFitTime: string;
  readonly RankingModelScore: { readonly RMSE: number; readonly Precision: number; readonly Recall: number; readonly Accuracy: number; readonly AUC: number; };
}

export type UserActivity = UserAnswer & ({ /** Time of his newest feedback */ readonly LastActiveTime: string; /** When his recommendations were made */ readonly LastUpdateTime: string; });

export interface UserActivityPage {
  /** Empty after the last row */
  readonly Cursor: string;
  readonly Users: readonly UserActivity[];
}

export interface FeedbackWithItem {
  readonly FeedbackType: string;
  readonly UserId: string;
  readonly Item: ItemAnswer;
  readonly Value: number;
  readonly Timestamp: string;
  readonly Comment: string;
}

export type ScoredItem = ItemAnswer & ({ readonly Score: number; });

export type ScoredUser = UserAnswer & ({ readonly Score: number; });

export interface FilledPrompt {
  readonly query: string;
  readonly documents: readonly string[];
}

export interface Restored {
  readonly Users: number;
  readonly Items: number;
  readonly Feedback: number;
  /** Nanoseconds */
  readonly Duration: number;
}

/** Query of `listUsers`. */
export interface ListUsersQuery {
  /** Most rows to return */
  readonly n?: number | undefined;
  /** `Cursor` of the page before */
  readonly cursor?: string | undefined;
}

/** Query of `listItems`. */
export interface ListItemsQuery {
  /** Most rows to return */
  readonly n?: number | undefined;
  /** `Cursor` of the page before */
  readonly cursor?: string | undefined;
  /** Words to search for: any of them finds an item; `cursor` is ignored then */
  readonly q?: string | undefined;
}

/** Query of `listFeedback`. */
export interface ListFeedbackQuery {
  /** Most rows to return */
  readonly n?: number | undefined;
  /** `Cursor` of the page before */
  readonly cursor?: string | undefined;
}

/** Query of `listFeedbackOfType`. */
export interface ListFeedbackOfTypeQuery {
  /** Most rows to return */
  readonly n?: number | undefined;
  /** `Cursor` of the page before */
  readonly cursor?: string | undefined;
}

/** Query of `recommend`. */
export interface RecommendQuery {
  /** Most rows to return */
  readonly n?: number | undefined;
  /** Rows to pass over first */
  readonly offset?: number | undefined;
  /** Only items that carry all of these */
  readonly category?: readonly string[] | undefined;
  /** Store feedback of this type for what is returned */
  readonly writeBackType?: string | undefined;
  /** Delay of that feedback, such as `10m` */
  readonly writeBackDelay?: string | undefined;
  /** Return scores, sources and model of each item */
  readonly details?: boolean | undefined;
}

/** Query of `latest`. */
export interface LatestQuery {
  /** Most rows to return */
  readonly n?: number | undefined;
  /** Rows to pass over first */
  readonly offset?: number | undefined;
  /** Only items that carry all of these */
  readonly category?: readonly string[] | undefined;
  /** Leave out items this user has feedback on; a preview is made for him */
  readonly userId?: string | undefined;
}

/** Query of `nonPersonalized`. */
export interface NonPersonalizedQuery {
  /** Most rows to return */
  readonly n?: number | undefined;
  /** Rows to pass over first */
  readonly offset?: number | undefined;
  /** Only items that carry all of these */
  readonly category?: readonly string[] | undefined;
  /** Leave out items this user has feedback on; a preview is made for him */
  readonly userId?: string | undefined;
}

/** Query of `popular`. */
export interface PopularQuery {
  /** Most rows to return */
  readonly n?: number | undefined;
  /** Rows to pass over first */
  readonly offset?: number | undefined;
  /** Only items that carry all of these */
  readonly category?: readonly string[] | undefined;
  /** Leave out items this user has feedback on; a preview is made for him */
  readonly userId?: string | undefined;
}

/** Query of `itemNeighbors`. */
export interface ItemNeighborsQuery {
  /** Most rows to return */
  readonly n?: number | undefined;
  /** Rows to pass over first */
  readonly offset?: number | undefined;
  /** Only items that carry all of these */
  readonly category?: readonly string[] | undefined;
  /** Leave out items this user has feedback on; a preview is made for him */
  readonly userId?: string | undefined;
}

/** Query of `itemToItem`. */
export interface ItemToItemQuery {
  /** Most rows to return */
  readonly n?: number | undefined;
  /** Rows to pass over first */
  readonly offset?: number | undefined;
  /** Only items that carry all of these */
  readonly category?: readonly string[] | undefined;
  /** Leave out items this user has feedback on; a preview is made for him */
  readonly userId?: string | undefined;
}

/** Query of `userNeighbors`. */
export interface UserNeighborsQuery {
  /** Most rows to return */
  readonly n?: number | undefined;
  /** Rows to pass over first */
  readonly offset?: number | undefined;
}

/** Query of `userToUser`. */
export interface UserToUserQuery {
  /** Most rows to return */
  readonly n?: number | undefined;
  /** Rows to pass over first */
  readonly offset?: number | undefined;
}

/** Query of `collaborative`. */
export interface CollaborativeQuery {
  /** Most rows to return */
  readonly n?: number | undefined;
  /** Rows to pass over first */
  readonly offset?: number | undefined;
  /** Only items that carry all of these */
  readonly category?: readonly string[] | undefined;
  /** Leave out items this user has feedback on; a preview is made for him */
  readonly userId?: string | undefined;
}

/** Query of `recommendForSession`. */
export interface RecommendForSessionQuery {
  /** Most rows to return */
  readonly n?: number | undefined;
  /** Rows to pass over first */
  readonly offset?: number | undefined;
  /** Only items that carry all of these */
  readonly category?: readonly string[] | undefined;
}

/** Query of `measurements`. */
export interface MeasurementsQuery {
  /** Most rows to return */
  readonly n?: number | undefined;
}

/** Query of `timeSeries`. */
export interface TimeSeriesQuery {
  /** First time; a week ago when absent */
  readonly begin?: string | undefined;
  /** Last time; now when absent */
  readonly end?: string | undefined;
  /** Width of a bucket, such as `1h`, of which the last point is given; `24h` when absent */
  readonly duration?: string | undefined;
}

/** Query of `showUsers`. */
export interface ShowUsersQuery {
  /** Most rows to return */
  readonly n?: number | undefined;
  /** `Cursor` of the page before */
  readonly cursor?: string | undefined;
}

/** Query of `showPositiveFeedback`. */
export interface ShowPositiveFeedbackQuery {
  /** Most rows to return */
  readonly n?: number | undefined;
  /** Rows to pass over first */
  readonly offset?: number | undefined;
}

/** Query of `showFeedback`. */
export interface ShowFeedbackQuery {
  /** Most rows to return */
  readonly n?: number | undefined;
  /** Rows to pass over first */
  readonly offset?: number | undefined;
}

/** Query of `previewLatest`. */
export interface PreviewLatestQuery {
  /** Most rows to return */
  readonly n?: number | undefined;
  /** Rows to pass over first */
  readonly offset?: number | undefined;
  /** Only items that carry all of these */
  readonly category?: readonly string[] | undefined;
}

/** Query of `previewNonPersonalized`. */
export interface PreviewNonPersonalizedQuery {
  /** Most rows to return */
  readonly n?: number | undefined;
  /** Rows to pass over first */
  readonly offset?: number | undefined;
  /** Only items that carry all of these */
  readonly category?: readonly string[] | undefined;
  /** Leave out items this user has feedback on; a preview is made for him */
  readonly userId?: string | undefined;
}

/** Query of `previewItemToItem`. */
export interface PreviewItemToItemQuery {
  /** Most rows to return */
  readonly n?: number | undefined;
  /** Rows to pass over first */
  readonly offset?: number | undefined;
  /** Only items that carry all of these */
  readonly category?: readonly string[] | undefined;
}

/** Query of `previewUserToUser`. */
export interface PreviewUserToUserQuery {
  /** Most rows to return */
  readonly n?: number | undefined;
  /** Rows to pass over first */
  readonly offset?: number | undefined;
}

/** Query of `previewRecommend`. */
export interface PreviewRecommendQuery {
  /** Most rows to return */
  readonly n?: number | undefined;
  /** Only items that carry all of these */
  readonly category?: readonly string[] | undefined;
}

/** Query of `previewRecommender`. */
export interface PreviewRecommenderQuery {
  /** Most rows to return */
  readonly n?: number | undefined;
  /** Only items that carry all of these */
  readonly category?: readonly string[] | undefined;
}

/** Query of `previewNamedRecommender`. */
export interface PreviewNamedRecommenderQuery {
  /** Most rows to return */
  readonly n?: number | undefined;
  /** Only items that carry all of these */
  readonly category?: readonly string[] | undefined;
}

/** Query of `previewExternal`. */
export interface PreviewExternalQuery {
  /** JavaScript, as base64 */
  readonly script?: string | undefined;
  /** Leave out items this user has feedback on; a preview is made for him */
  readonly userId?: string | undefined;
}

/** Query of `previewPrompt`. */
export interface PreviewPromptQuery {
  /** Jinja template of the question about a user, as base64 */
  readonly queryTemplate?: string | undefined;
  /** Jinja template that tells of an item, as base64 */
  readonly documentTemplate?: string | undefined;
  /** Leave out items this user has feedback on; a preview is made for him */
  readonly userId?: string | undefined;
}


/** The operations of the API; how calls travel is up to the class that extends it. */
export abstract class Operations {
  /** Makes a call and gives its answer. */
  protected abstract send<Answer>(call: ApiCall, options: CallOptions | undefined): Promise<Answer>;

  /** A part of a path. */
  protected abstract escape(part: string): string;


  /**
   * Whether the process runs: `GET /api/health/live`.
   *
   * @throws {FurzeClientError} when the server cannot be reached
   */
  live(options?: CallOptions): Promise<HealthStatus> {
    return this.send({ method: "GET", path: "/api/health/live" }, options);
  }

  /**
   * Whether the stores answer: `GET /api/health/ready`.
   *
   * @throws {FurzeClientError} with status 503
   */
  ready(options?: CallOptions): Promise<HealthStatus> {
    return this.send({ method: "GET", path: "/api/health/ready" }, options);
  }

  /**
   * Insert or replace a user: `POST /api/user`.
   *
   * @throws {FurzeClientError} with status 400, 401, 406, 413, 415, 429, 500, 503
   */
  insertUser(body: User, options?: CallOptions): Promise<Success> {
    return this.send({ method: "POST", path: "/api/user", body }, options);
  }

  /**
   * Insert or replace users: `POST /api/users`.
   *
   * @throws {FurzeClientError} with status 400, 401, 406, 413, 415, 429, 500, 503
   */
  insertUsers(body: readonly User[], options?: CallOptions): Promise<Success> {
    return this.send({ method: "POST", path: "/api/users", body }, options);
  }

  /**
   * Users in order of their ids: `GET /api/users`.
   *
   * @throws {FurzeClientError} with status 400, 401, 406, 500, 503
   */
  listUsers(query: ListUsersQuery = {}, options?: CallOptions): Promise<UsersPage> {
    return this.send({ method: "GET", path: "/api/users", query: { n: query.n, cursor: query.cursor } }, options);
  }

  /**
   * Change a user: `PATCH /api/user/{user-id}`.
   *
   * @throws {FurzeClientError} with status 400, 401, 406, 413, 415, 429, 500, 503
   */
  patchUser(userId: string, body: UserPatch, options?: CallOptions): Promise<Success> {
    return this.send({ method: "PATCH", path: `/api/user/${this.escape(userId)}`, body }, options);
  }

  /**
   * A user: `GET /api/user/{user-id}`.
   *
   * @throws {FurzeClientError} with status 400, 401, 404, 406, 500, 503
   */
  getUser(userId: string, options?: CallOptions): Promise<UserAnswer> {
    return this.send({ method: "GET", path: `/api/user/${this.escape(userId)}` }, options);
  }

  /**
   * Delete a user with his feedback: `DELETE /api/user/{user-id}`.
   *
   * @throws {FurzeClientError} with status 400, 401, 406, 500, 503
   */
  deleteUser(userId: string, options?: CallOptions): Promise<Success> {
    return this.send({ method: "DELETE", path: `/api/user/${this.escape(userId)}` }, options);
  }

  /**
   * Insert or replace an item: `POST /api/item`.
   *
   * @throws {FurzeClientError} with status 400, 401, 406, 413, 415, 429, 500, 503
   */
  insertItem(body: Item, options?: CallOptions): Promise<Success> {
    return this.send({ method: "POST", path: "/api/item", body }, options);
  }

  /**
   * Insert or replace items: `POST /api/items`.
   *
   * @throws {FurzeClientError} with status 400, 401, 406, 413, 415, 429, 500, 503
   */
  insertItems(body: readonly Item[], options?: CallOptions): Promise<Success> {
    return this.send({ method: "POST", path: "/api/items", body }, options);
  }

  /**
   * Items in order of their ids, or those that contain words of `q`, best first: `GET /api/items`.
   *
   * @throws {FurzeClientError} with status 400, 401, 406, 500, 503
   */
  listItems(query: ListItemsQuery = {}, options?: CallOptions): Promise<ItemsPage> {
    return this.send({ method: "GET", path: "/api/items", query: { n: query.n, cursor: query.cursor, q: query.q } }, options);
  }

  /**
   * Change an item: `PATCH /api/item/{item-id}`.
   *
   * @throws {FurzeClientError} with status 400, 401, 406, 413, 415, 429, 500, 503
   */
  patchItem(itemId: string, body: ItemPatch, options?: CallOptions): Promise<Success> {
    return this.send({ method: "PATCH", path: `/api/item/${this.escape(itemId)}`, body }, options);
  }

  /**
   * Delete an item with its feedback: `DELETE /api/item/{item-id}`.
   *
   * @throws {FurzeClientError} with status 400, 401, 406, 500, 503
   */
  deleteItem(itemId: string, options?: CallOptions): Promise<Success> {
    return this.send({ method: "DELETE", path: `/api/item/${this.escape(itemId)}` }, options);
  }

  /**
   * An item: `GET /api/item/{item-id}`.
   *
   * @throws {FurzeClientError} with status 400, 401, 404, 406, 500, 503
   */
  getItem(itemId: string, options?: CallOptions): Promise<ItemAnswer> {
    return this.send({ method: "GET", path: `/api/item/${this.escape(itemId)}` }, options);
  }

  /**
   * Add a category to an item: `PUT /api/item/{item-id}/category/{category}`.
   *
   * @throws {FurzeClientError} with status 400, 401, 404, 406, 429, 500, 503
   */
  addCategory(itemId: string, category: string, options?: CallOptions): Promise<Success> {
    return this.send({ method: "PUT", path: `/api/item/${this.escape(itemId)}/category/${this.escape(category)}` }, options);
  }

  /**
   * Take a category from an item: `DELETE /api/item/{item-id}/category/{category}`.
   *
   * @throws {FurzeClientError} with status 400, 401, 404, 406, 500, 503
   */
  removeCategory(itemId: string, category: string, options?: CallOptions): Promise<Success> {
    return this.send({ method: "DELETE", path: `/api/item/${this.escape(itemId)}/category/${this.escape(category)}` }, options);
  }

  /**
   * Insert feedback; values of the same key add up: `POST /api/feedback`.
   *
   * @throws {FurzeClientError} with status 400, 401, 406, 413, 415, 429, 500, 503
   */
  insertFeedback(body: readonly Feedback[], options?: CallOptions): Promise<Success> {
    return this.send({ method: "POST", path: "/api/feedback", body }, options);
  }

  /**
   * Insert or replace feedback: `PUT /api/feedback`.
   *
   * @throws {FurzeClientError} with status 400, 401, 406, 413, 415, 429, 500, 503
   */
  replaceFeedback(body: readonly Feedback[], options?: CallOptions): Promise<Success> {
    return this.send({ method: "PUT", path: "/api/feedback", body }, options);
  }

  /**
   * Feedback in order of type, user and item: `GET /api/feedback`.
   *
   * @throws {FurzeClientError} with status 400, 401, 406, 500, 503
   */
  listFeedback(query: ListFeedbackQuery = {}, options?: CallOptions): Promise<FeedbackPage> {
    return this.send({ method: "GET", path: "/api/feedback", query: { n: query.n, cursor: query.cursor } }, options);
  }

  /**
   * Feedback in order of type, user and item: `GET /api/feedback/{feedback-type}`.
   *
   * @throws {FurzeClientError} with status 400, 401, 406, 500, 503
   */
  listFeedbackOfType(feedbackType: string, query: ListFeedbackOfTypeQuery = {}, options?: CallOptions): Promise<FeedbackPage> {
    return this.send({ method: "GET", path: `/api/feedback/${this.escape(feedbackType)}`, query: { n: query.n, cursor: query.cursor } }, options);
  }

  /**
   * Feedback of a user on an item: `GET /api/feedback/{user-id}/{item-id}`.
   *
   * @throws {FurzeClientError} with status 400, 401, 406, 500, 503
   */
  feedbackOfPair(userId: string, itemId: string, options?: CallOptions): Promise<readonly FeedbackAnswer[]> {
    return this.send({ method: "GET", path: `/api/feedback/${this.escape(userId)}/${this.escape(itemId)}` }, options);
  }

  /**
   * Delete the feedback of a user on an item: `DELETE /api/feedback/{user-id}/{item-id}`.
   *
   * @throws {FurzeClientError} with status 400, 401, 406, 500, 503
   */
  deleteFeedbackOfPair(userId: string, itemId: string, options?: CallOptions): Promise<Success> {
    return this.send({ method: "DELETE", path: `/api/feedback/${this.escape(userId)}/${this.escape(itemId)}` }, options);
  }

  /**
   * One row of feedback: `GET /api/feedback/{feedback-type}/{user-id}/{item-id}`.
   *
   * @throws {FurzeClientError} with status 400, 401, 404, 406, 500, 503
   */
  getFeedback(feedbackType: string, userId: string, itemId: string, options?: CallOptions): Promise<FeedbackAnswer> {
    return this.send({ method: "GET", path: `/api/feedback/${this.escape(feedbackType)}/${this.escape(userId)}/${this.escape(itemId)}` }, options);
  }

  /**
   * Delete one row of feedback: `DELETE /api/feedback/{feedback-type}/{user-id}/{item-id}`.
   *
   * @throws {FurzeClientError} with status 400, 401, 406, 500, 503
   */
  deleteFeedback(feedbackType: string, userId: string, itemId: string, options?: CallOptions): Promise<Success> {
    return this.send({ method: "DELETE", path: `/api/feedback/${this.escape(feedbackType)}/${this.escape(userId)}/${this.escape(itemId)}` }, options);
  }

  /**
   * Feedback of a user, newest first: `GET /api/user/{user-id}/feedback`.
   *
   * @throws {FurzeClientError} with status 400, 401, 406, 500, 503
   */
  feedbackOfUser(userId: string, options?: CallOptions): Promise<readonly FeedbackAnswer[]> {
    return this.send({ method: "GET", path: `/api/user/${this.escape(userId)}/feedback` }, options);
  }

  /**
   * Feedback of a user that matches an expression such as `rating>=4`, in order of items: `GET /api/user/{user-id}/feedback/{feedback-type}`.
   *
   * @throws {FurzeClientError} with status 400, 401, 406, 500, 503
   */
  feedbackOfUserByType(userId: string, feedbackType: string, options?: CallOptions): Promise<readonly FeedbackAnswer[]> {
    return this.send({ method: "GET", path: `/api/user/${this.escape(userId)}/feedback/${this.escape(feedbackType)}` }, options);
  }

  /**
   * Feedback on an item, in order of users: `GET /api/item/{item-id}/feedback`.
   *
   * @throws {FurzeClientError} with status 400, 401, 406, 500, 503
   */
  feedbackOfItem(itemId: string, options?: CallOptions): Promise<readonly FeedbackAnswer[]> {
    return this.send({ method: "GET", path: `/api/item/${this.escape(itemId)}/feedback` }, options);
  }

  /**
   * Feedback of one type on an item, in order of users: `GET /api/item/{item-id}/feedback/{feedback-type}`.
   *
   * @throws {FurzeClientError} with status 400, 401, 406, 500, 503
   */
  feedbackOfItemByType(itemId: string, feedbackType: string, options?: CallOptions): Promise<readonly FeedbackAnswer[]> {
    return this.send({ method: "GET", path: `/api/item/${this.escape(itemId)}/feedback/${this.escape(feedbackType)}` }, options);
  }

  /**
   * Recommendations of a user: `GET /api/recommend/{user-id}`.
   *
   * @throws {FurzeClientError} with status 400, 401, 406, 500, 503
   */
  recommend(userId: string, query: RecommendQuery = {}, options?: CallOptions): Promise<readonly string[] | readonly Recommendation[]> {
    return this.send({ method: "GET", path: `/api/recommend/${this.escape(userId)}`, query: { n: query.n, offset: query.offset, category: query.category, "write-back-type": query.writeBackType, "write-back-delay": query.writeBackDelay, details: query.details } }, options);
  }

  /**
   * Newest items: `GET /api/latest`.
   *
   * @throws {FurzeClientError} with status 400, 401, 406, 500, 503
   */
  latest(query: LatestQuery = {}, options?: CallOptions): Promise<readonly Score[]> {
    return this.send({ method: "GET", path: "/api/latest", query: { n: query.n, offset: query.offset, category: query.category, "user-id": query.userId } }, options);
  }

  /**
   * A non-personalized list: `GET /api/non-personalized/{name}`.
   *
   * @throws {FurzeClientError} with status 400, 401, 406, 500, 503
   */
  nonPersonalized(name: string, query: NonPersonalizedQuery = {}, options?: CallOptions): Promise<readonly Score[]> {
    return this.send({ method: "GET", path: `/api/non-personalized/${this.escape(name)}`, query: { n: query.n, offset: query.offset, category: query.category, "user-id": query.userId } }, options);
  }

  /**
   * Popular items (v0.4): `GET /api/popular`.
   *
   * @throws {FurzeClientError} with status 400, 401, 406, 500, 503
   */
  popular(query: PopularQuery = {}, options?: CallOptions): Promise<readonly Score[]> {
    return this.send({ method: "GET", path: "/api/popular", query: { n: query.n, offset: query.offset, category: query.category, "user-id": query.userId } }, options);
  }

  /**
   * Items like an item: `GET /api/item/{item-id}/neighbors`.
   *
   * @throws {FurzeClientError} with status 400, 401, 404, 406, 500, 503
   */
  itemNeighbors(itemId: string, query: ItemNeighborsQuery = {}, options?: CallOptions): Promise<readonly Score[]> {
    return this.send({ method: "GET", path: `/api/item/${this.escape(itemId)}/neighbors`, query: { n: query.n, offset: query.offset, category: query.category, "user-id": query.userId } }, options);
  }

  /**
   * Items like an item, by one recommender: `GET /api/item-to-item/{name}/{item-id}`.
   *
   * @throws {FurzeClientError} with status 400, 401, 406, 500, 503
   */
  itemToItem(name: string, itemId: string, query: ItemToItemQuery = {}, options?: CallOptions): Promise<readonly Score[]> {
    return this.send({ method: "GET", path: `/api/item-to-item/${this.escape(name)}/${this.escape(itemId)}`, query: { n: query.n, offset: query.offset, category: query.category, "user-id": query.userId } }, options);
  }

  /**
   * Users like a user: `GET /api/user/{user-id}/neighbors`.
   *
   * @throws {FurzeClientError} with status 400, 401, 404, 406, 500, 503
   */
  userNeighbors(userId: string, query: UserNeighborsQuery = {}, options?: CallOptions): Promise<readonly Score[]> {
    return this.send({ method: "GET", path: `/api/user/${this.escape(userId)}/neighbors`, query: { n: query.n, offset: query.offset } }, options);
  }

  /**
   * Users like a user, by one recommender: `GET /api/user-to-user/{name}/{user-id}`.
   *
   * @throws {FurzeClientError} with status 400, 401, 406, 500, 503
   */
  userToUser(name: string, userId: string, query: UserToUserQuery = {}, options?: CallOptions): Promise<readonly Score[]> {
    return this.send({ method: "GET", path: `/api/user-to-user/${this.escape(name)}/${this.escape(userId)}`, query: { n: query.n, offset: query.offset } }, options);
  }

  /**
   * The stored list of a user, without fallbacks: `GET /api/collaborative-filtering/{user-id}`.
   *
   * @throws {FurzeClientError} with status 400, 401, 404, 406, 500, 503
   */
  collaborative(userId: string, query: CollaborativeQuery = {}, options?: CallOptions): Promise<readonly Score[]> {
    return this.send({ method: "GET", path: `/api/collaborative-filtering/${this.escape(userId)}`, query: { n: query.n, offset: query.offset, category: query.category, "user-id": query.userId } }, options);
  }

  /**
   * Recommendations from the feedback of a session: `POST /api/session/recommend`.
   *
   * @throws {FurzeClientError} with status 400, 401, 404, 406, 413, 415, 500, 503
   */
  recommendForSession(body: readonly SessionFeedback[], query: RecommendForSessionQuery = {}, options?: CallOptions): Promise<readonly Score[]> {
    return this.send({ method: "POST", path: "/api/session/recommend", query: { n: query.n, offset: query.offset, category: query.category }, body }, options);
  }

  /**
   * Values of a time series, newest first (v0.4): `GET /api/measurements/{name}`.
   *
   * @throws {FurzeClientError} with status 400, 401, 406, 500, 503
   */
  measurements(name: string, query: MeasurementsQuery = {}, options?: CallOptions): Promise<readonly Measurement[]> {
    return this.send({ method: "GET", path: `/api/measurements/${this.escape(name)}`, query: { n: query.n } }, options);
  }

  /**
   * Who signs in; null when nobody has to: `GET /api/dashboard/userinfo`.
   *
   * @throws {FurzeClientError} with status 401, 406, 500, 503
   */
  userInfo(options?: CallOptions): Promise<UserInfo | null> {
    return this.send({ method: "GET", path: "/api/dashboard/userinfo" }, options);
  }

  /**
   * Background tasks and how far they are: `GET /api/dashboard/tasks`.
   *
   * @throws {FurzeClientError} with status 401, 406, 500, 503
   */
  listTasks(options?: CallOptions): Promise<readonly Task[]> {
    return this.send({ method: "GET", path: "/api/dashboard/tasks" }, options);
  }

  /**
   * Start a training cycle now: `POST /api/dashboard/tasks/run`.
   *
   * @throws {FurzeClientError} with status 401, 406, 500, 503
   */
  startTraining(options?: CallOptions): Promise<Started> {
    return this.send({ method: "POST", path: "/api/dashboard/tasks/run" }, options);
  }

  /**
   * Live processes of the cluster: `GET /api/dashboard/cluster`.
   *
   * @throws {FurzeClientError} with status 401, 406, 500, 503
   */
  listNodes(options?: CallOptions): Promise<readonly ClusterNode[]> {
    return this.send({ method: "GET", path: "/api/dashboard/cluster" }, options);
  }

  /**
   * The configuration, with secrets masked: `GET /api/dashboard/config`.
   *
   * @throws {FurzeClientError} with status 401, 406, 500, 503
   */
  showConfig(options?: CallOptions): Promise<{ readonly [name: string]: unknown }> {
    return this.send({ method: "GET", path: "/api/dashboard/config" }, options);
  }

  /**
   * Put the section `recommend` in the place of that of the file, for good; what else is sent must be as it is. A masked secret stays the secret: `POST /api/dashboard/config`.
   *
   * @throws {FurzeClientError} with status 400, 401, 406, 413, 415, 500, 503
   */
  replaceConfig(body: { readonly recommend: { readonly [name: string]: unknown }; }, options?: CallOptions): Promise<{ readonly [name: string]: unknown }> {
    return this.send({ method: "POST", path: "/api/dashboard/config", body }, options);
  }

  /**
   * Go back to the section `recommend` of the file: `DELETE /api/dashboard/config`.
   *
   * @throws {FurzeClientError} with status 401, 406, 500, 503
   */
  resetConfig(options?: CallOptions): Promise<{ readonly [name: string]: unknown }> {
    return this.send({ method: "DELETE", path: "/api/dashboard/config" }, options);
  }

  /**
   * JSON Schema of the configuration: `GET /api/dashboard/config/schema`.
   *
   * @throws {FurzeClientError} with status 401, 406, 500, 503
   */
  configSchema(options?: CallOptions): Promise<{ readonly [name: string]: unknown }> {
    return this.send({ method: "GET", path: "/api/dashboard/config/schema" }, options);
  }

  /**
   * How much there is, and how good: `GET /api/dashboard/stats`.
   *
   * @throws {FurzeClientError} with status 401, 406, 500, 503
   */
  stats(options?: CallOptions): Promise<Stats> {
    return this.send({ method: "GET", path: "/api/dashboard/stats" }, options);
  }

  /**
   * Categories of items, the one with most items first: `GET /api/dashboard/categories`.
   *
   * @throws {FurzeClientError} with status 401, 406, 500, 503
   */
  listCategories(options?: CallOptions): Promise<readonly string[]> {
    return this.send({ method: "GET", path: "/api/dashboard/categories" }, options);
  }

  /**
   * A time series: the last point of each bucket, under the time where the bucket starts: `GET /api/dashboard/timeseries/{name}`.
   *
   * @throws {FurzeClientError} with status 400, 401, 406, 500, 503
   */
  timeSeries(name: string, query: TimeSeriesQuery = {}, options?: CallOptions): Promise<readonly Measurement[]> {
    return this.send({ method: "GET", path: `/api/dashboard/timeseries/${this.escape(name)}`, query: { begin: query.begin, end: query.end, duration: query.duration } }, options);
  }

  /**
   * A user, when he was last active and when his recommendations were made: `GET /api/dashboard/user/{user-id}`.
   *
   * @throws {FurzeClientError} with status 400, 401, 404, 406, 500, 503
   */
  showUser(userId: string, options?: CallOptions): Promise<UserActivity> {
    return this.send({ method: "GET", path: `/api/dashboard/user/${this.escape(userId)}` }, options);
  }

  /**
   * Users in order of their ids, with their activity: `GET /api/dashboard/users`.
   *
   * @throws {FurzeClientError} with status 400, 401, 406, 500, 503
   */
  showUsers(query: ShowUsersQuery = {}, options?: CallOptions): Promise<UserActivityPage> {
    return this.send({ method: "GET", path: "/api/dashboard/users", query: { n: query.n, cursor: query.cursor } }, options);
  }

  /**
   * Positive feedback of a user with its items, newest first: `GET /api/dashboard/user/{user-id}/feedback`.
   *
   * @throws {FurzeClientError} with status 400, 401, 406, 500, 503
   */
  showPositiveFeedback(userId: string, query: ShowPositiveFeedbackQuery = {}, options?: CallOptions): Promise<readonly FeedbackWithItem[]> {
    return this.send({ method: "GET", path: `/api/dashboard/user/${this.escape(userId)}/feedback`, query: { n: query.n, offset: query.offset } }, options);
  }

  /**
   * Feedback of a user that matches an expression such as `rating>=4`, with its items, newest first: `GET /api/dashboard/user/{user-id}/feedback/{feedback-type}`.
   *
   * @throws {FurzeClientError} with status 400, 401, 406, 500, 503
   */
  showFeedback(userId: string, feedbackType: string, query: ShowFeedbackQuery = {}, options?: CallOptions): Promise<readonly FeedbackWithItem[]> {
    return this.send({ method: "GET", path: `/api/dashboard/user/${this.escape(userId)}/feedback/${this.escape(feedbackType)}`, query: { n: query.n, offset: query.offset } }, options);
  }

  /**
   * Newest items: `GET /api/dashboard/latest`.
   *
   * @throws {FurzeClientError} with status 400, 401, 406, 500, 503
   */
  previewLatest(query: PreviewLatestQuery = {}, options?: CallOptions): Promise<readonly ScoredItem[]> {
    return this.send({ method: "GET", path: "/api/dashboard/latest", query: { n: query.n, offset: query.offset, category: query.category } }, options);
  }

  /**
   * Items of a non-personalized list: `GET /api/dashboard/non-personalized/{name}`.
   *
   * @throws {FurzeClientError} with status 400, 401, 406, 500, 503
   */
  previewNonPersonalized(name: string, query: PreviewNonPersonalizedQuery = {}, options?: CallOptions): Promise<readonly ScoredItem[]> {
    return this.send({ method: "GET", path: `/api/dashboard/non-personalized/${this.escape(name)}`, query: { n: query.n, offset: query.offset, category: query.category, "user-id": query.userId } }, options);
  }

  /**
   * Items like an item: `GET /api/dashboard/item-to-item/{name}/{item-id}`.
   *
   * @throws {FurzeClientError} with status 400, 401, 406, 500, 503
   */
  previewItemToItem(name: string, itemId: string, query: PreviewItemToItemQuery = {}, options?: CallOptions): Promise<readonly ScoredItem[]> {
    return this.send({ method: "GET", path: `/api/dashboard/item-to-item/${this.escape(name)}/${this.escape(itemId)}`, query: { n: query.n, offset: query.offset, category: query.category } }, options);
  }

  /**
   * Users like a user: `GET /api/dashboard/user-to-user/{name}/{user-id}`.
   *
   * @throws {FurzeClientError} with status 400, 401, 406, 500, 503
   */
  previewUserToUser(name: string, userId: string, query: PreviewUserToUserQuery = {}, options?: CallOptions): Promise<readonly ScoredUser[]> {
    return this.send({ method: "GET", path: `/api/dashboard/user-to-user/${this.escape(name)}/${this.escape(userId)}`, query: { n: query.n, offset: query.offset } }, options);
  }

  /**
   * Recommendations of a user: `GET /api/dashboard/recommend/{user-id}`.
   *
   * @throws {FurzeClientError} with status 400, 401, 406, 500, 503
   */
  previewRecommend(userId: string, query: PreviewRecommendQuery = {}, options?: CallOptions): Promise<readonly ScoredItem[]> {
    return this.send({ method: "GET", path: `/api/dashboard/recommend/${this.escape(userId)}`, query: { n: query.n, category: query.category } }, options);
  }

  /**
   * What one recommender proposes to a user: `latest` or `collaborative`: `GET /api/dashboard/recommend/{user-id}/{recommender}`.
   *
   * @throws {FurzeClientError} with status 400, 401, 406, 500, 503
   */
  previewRecommender(userId: string, recommender: string, query: PreviewRecommenderQuery = {}, options?: CallOptions): Promise<readonly ScoredItem[]> {
    return this.send({ method: "GET", path: `/api/dashboard/recommend/${this.escape(userId)}/${this.escape(recommender)}`, query: { n: query.n, category: query.category } }, options);
  }

  /**
   * What one recommender of a kind proposes to a user, such as `item-to-item/similar`: `GET /api/dashboard/recommend/{user-id}/{recommender}/{name}`.
   *
   * @throws {FurzeClientError} with status 400, 401, 406, 500, 503
   */
  previewNamedRecommender(userId: string, recommender: string, name: string, query: PreviewNamedRecommenderQuery = {}, options?: CallOptions): Promise<readonly ScoredItem[]> {
    return this.send({ method: "GET", path: `/api/dashboard/recommend/${this.escape(userId)}/${this.escape(recommender)}/${this.escape(name)}`, query: { n: query.n, category: query.category } }, options);
  }

  /**
   * What a script recommends to a user: `GET /api/dashboard/external`.
   *
   * @throws {FurzeClientError} with status 400, 401, 406, 413, 500, 503
   */
  previewExternal(query: PreviewExternalQuery = {}, options?: CallOptions): Promise<readonly string[]> {
    return this.send({ method: "GET", path: "/api/dashboard/external", query: { script: query.script, "user-id": query.userId } }, options);
  }

  /**
   * What templates make of a user and of the newest items: `GET /api/dashboard/ranker/prompt`.
   *
   * @throws {FurzeClientError} with status 400, 401, 404, 406, 500, 503
   */
  previewPrompt(query: PreviewPromptQuery = {}, options?: CallOptions): Promise<FilledPrompt> {
    return this.send({ method: "GET", path: "/api/dashboard/ranker/prompt", query: { "query-template": query.queryTemplate, "document-template": query.documentTemplate, "user-id": query.userId } }, options);
  }
}
