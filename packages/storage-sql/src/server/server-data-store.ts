import type { CallOptions } from "@furze/core";
import type { DataStore, DataStoreCapabilities, FeedbackStore, ItemSearch } from "@furze/storage";
import { forgetBatches } from "./batch-ledger.ts";
import { type ServerDataTables, serverDataSchema, serverDataTables } from "./server-data-schema.ts";
import { ServerFeedbackStore } from "./server-feedback-store.ts";
import { ServerItemSearch } from "./server-item-search.ts";
import { ServerItemStore } from "./server-item-store.ts";
import { migrateServer } from "./server-migrator.ts";
import { emptyTables } from "./server-rows.ts";
import { ServerUserStore } from "./server-user-store.ts";
import { SnapshotVersion } from "./snapshot-version.ts";
import type { SqlSession } from "./sql-session.ts";

/** Users, items and feedback on a SQL server. */
export class ServerDataStore implements DataStore {
  readonly capabilities: DataStoreCapabilities = { timestampPrecisionMs: 1, multiProcess: true, atomicWrites: true };
  readonly users: ServerUserStore;
  readonly items: ServerItemStore;
  readonly itemSearch: ItemSearch;
  readonly feedback: FeedbackStore;
  /** Only where the server has such a thing. */
  readonly dataVersion?: () => Promise<string>;
  readonly #session: SqlSession;
  readonly #tables: ServerDataTables;
  readonly #prefix: string;
  readonly #version: SnapshotVersion | undefined;

  constructor(session: SqlSession, prefix: string) {
    const tables = serverDataTables(prefix);
    this.#session = session;
    this.#tables = tables;
    this.#prefix = prefix;
    this.users = new ServerUserStore(session, tables);
    this.items = new ServerItemStore(session, tables);
    this.itemSearch = new ServerItemSearch(session, tables);
    this.feedback = new ServerFeedbackStore(session, tables);
    const { snapshot } = session.dialect;
    if (snapshot !== undefined) {
      const version = new SnapshotVersion(session, snapshot);
      this.#version = version;
      this.dataVersion = () => version.read();
    }
  }

  async migrate(options?: CallOptions): Promise<void> {
    await migrateServer(this.#session, serverDataSchema(this.#prefix), options);
    await forgetBatches(this.#session, this.#tables.feedbackBatches);
  }

  async ping(options?: CallOptions): Promise<void> {
    await this.#session.query("SELECT 1", [], options);
  }

  async purge(options?: CallOptions): Promise<void> {
    const { users, items, itemCategories, itemTerms, feedback, deletions } = this.#tables;
    // In the order of writers, so that neither waits for the other.
    await emptyTables(this.#session, [users, items, itemCategories, itemTerms, feedback], deletions, options);
  }

  async close(): Promise<void> {
    for (const reads of [this.users, this.items, this.#version]) reads?.flush();
    await this.#session.close();
  }
}
