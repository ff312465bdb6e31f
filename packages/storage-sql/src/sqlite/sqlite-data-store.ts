import type { CallOptions } from "@furze/core";
import type { DataStore, DataStoreCapabilities, FeedbackStore, ItemSearch, ItemStore, UserStore } from "@furze/storage";
import { checkTablePrefix } from "../checks.ts";
import { type DataTables, dataSchema, dataTables } from "./sqlite-data-schema.ts";
import { SqliteFeedbackStore } from "./sqlite-feedback-store.ts";
import { SqliteItemSearch } from "./sqlite-item-search.ts";
import { SqliteItemStore } from "./sqlite-item-store.ts";
import { migrateSqlite } from "./sqlite-migrator.ts";
import { openSqliteSession, type SqliteSession } from "./sqlite-session.ts";
import { DEFAULT_BUSY_TIMEOUT_MS, type SqliteStoreOptions } from "./sqlite-store-options.ts";
import { SqliteUserStore } from "./sqlite-user-store.ts";

const PAGE_SIZE_BYTES = 4096;

/** Users, items and feedback in one SQLite file. */
class SqliteDataStore implements DataStore {
  readonly capabilities: DataStoreCapabilities = { timestampPrecisionMs: 1, multiProcess: true, atomicWrites: true };
  readonly users: UserStore;
  readonly items: ItemStore;
  readonly itemSearch: ItemSearch;
  readonly feedback: FeedbackStore;
  readonly #session: SqliteSession;
  readonly #tables: DataTables;
  readonly #prefix: string;

  constructor(session: SqliteSession, prefix: string) {
    const tables = dataTables(prefix);
    this.#session = session;
    this.#tables = tables;
    this.#prefix = prefix;
    this.users = new SqliteUserStore(session, tables);
    this.items = new SqliteItemStore(session, tables);
    this.itemSearch = new SqliteItemSearch(session, tables);
    this.feedback = new SqliteFeedbackStore(session, tables);
  }

  migrate(options?: CallOptions): Promise<void> {
    return migrateSqlite(this.#session, dataSchema(this.#prefix), options);
  }

  async ping(options?: CallOptions): Promise<void> {
    this.#session.read((reader) => reader.prepare("SELECT 1").get(), options);
  }

  dataVersion(): number {
    return this.#session.dataVersion();
  }

  async purge(options?: CallOptions): Promise<void> {
    const { users, items, itemCategories, itemTerms, searchedItems, feedback, feedbackTypes } = this.#tables;
    await this.#session.writeSliced(function* (connection) {
      connection.execute(`INSERT INTO ${itemTerms} (${itemTerms}) VALUES ('delete-all')`);
      for (const table of [feedback, feedbackTypes, searchedItems, itemCategories, items, users]) {
        connection.execute(`DELETE FROM ${table}`);
        yield;
      }
    }, options);
  }

  close(): Promise<void> {
    return this.#session.close();
  }
}

/**
 * Opens a data store in a SQLite file, creating the file and its folder. Call `migrate()` before the first use.
 * Several processes may have the file open at once. A write is on the disk when its promise resolves; writes that arrive together
 * share one flush. Readers may see it some milliseconds before.
 *
 * @throws {UnavailableError} when the file or its folder cannot be written
 * @throws {InvalidArgumentError} for a table prefix other than letters, digits and underscores
 */
export async function openSqliteDataStore(options: SqliteStoreOptions): Promise<DataStore> {
  const prefix = checkTablePrefix(options.tablePrefix ?? "");
  const session = await openSqliteSession({
    path: options.path,
    isDurable: true,
    pageSizeBytes: PAGE_SIZE_BYTES,
    busyTimeoutMs: options.busyTimeoutMs ?? DEFAULT_BUSY_TIMEOUT_MS,
  });
  return new SqliteDataStore(session, prefix);
}
