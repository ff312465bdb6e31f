import type { CallOptions } from "@furze/core";
import type { DataStore, DataStoreCapabilities, FeedbackStore, ItemSearch, ItemStore, UserStore } from "@furze/storage";
import type { Collection } from "mongodb";
import {
  dataCollections,
  dataSchema,
  type FeedbackDocument,
  type ItemDocument,
  type SearchSettingsDocument,
  type UserDocument,
} from "./mongo-data-schema.ts";
import { MongoFeedbackStore } from "./mongo-feedback-store.ts";
import { MongoItemSearch } from "./mongo-item-search.ts";
import { MongoItemStore } from "./mongo-item-store.ts";
import { migrateMongo } from "./mongo-migrator.ts";
import type { MongoSession } from "./mongo-session.ts";
import { MongoUserStore } from "./mongo-user-store.ts";

export interface MongoDataCollections {
  readonly users: Collection<UserDocument>;
  readonly items: Collection<ItemDocument>;
  readonly feedback: Collection<FeedbackDocument>;
  readonly search: Collection<SearchSettingsDocument>;
}

/** Users, items and feedback in a MongoDB. */
export class MongoDataStore implements DataStore {
  readonly users: UserStore;
  readonly items: ItemStore;
  readonly feedback: FeedbackStore;
  readonly itemSearch: ItemSearch;
  readonly #session: MongoSession;
  readonly #collections: MongoDataCollections;
  readonly #prefix: string;

  constructor(session: MongoSession, prefix: string) {
    const names = dataCollections(prefix);
    this.#session = session;
    this.#prefix = prefix;
    this.#collections = {
      users: session.collection(names.users),
      items: session.collection(names.items),
      feedback: session.collection(names.feedback),
      search: session.collection(names.search),
    };
    this.users = new MongoUserStore(session, this.#collections);
    this.items = new MongoItemStore(session, this.#collections);
    this.feedback = new MongoFeedbackStore(session, this.#collections);
    this.itemSearch = new MongoItemSearch(session, this.#collections);
  }

  get capabilities(): DataStoreCapabilities {
    return { timestampPrecisionMs: 1, multiProcess: true, atomicWrites: this.#session.hasTransactions };
  }

  async migrate(options?: CallOptions): Promise<void> {
    await migrateMongo(this.#session, dataSchema(this.#prefix), options);
  }

  async ping(options?: CallOptions): Promise<void> {
    await this.#session.read(() => this.#session.database.command({ ping: 1 }), options);
  }

  async purge(options?: CallOptions): Promise<void> {
    const { users, items, feedback } = this.#collections;
    await this.#session.read(async () => {
      for (const collection of [feedback, items, users]) await collection.deleteMany({});
    }, options);
  }

  async close(): Promise<void> {
    await this.#session.close();
  }
}
