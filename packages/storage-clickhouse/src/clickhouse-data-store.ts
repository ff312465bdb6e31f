import type { CallOptions } from "@furze/core";
import type { DataStore, DataStoreCapabilities, FeedbackStore, ItemSearch, ItemStore, UserStore } from "@furze/storage";
import { ClickhouseFeedbackStore } from "./clickhouse-feedback-store.ts";
import { ClickhouseItemSearch } from "./clickhouse-item-search.ts";
import { ClickhouseItemStore } from "./clickhouse-item-store.ts";
import { migrateClickhouse } from "./clickhouse-migrator.ts";
import { type ClickhouseTables, clickhouseTables } from "./clickhouse-schema.ts";
import type { ClickhouseSession } from "./clickhouse-session.ts";
import { ClickhouseUserStore } from "./clickhouse-user-store.ts";

/** Users, items and feedback on ClickHouse. */
export class ClickhouseDataStore implements DataStore {
  readonly capabilities: DataStoreCapabilities = { timestampPrecisionMs: 1, multiProcess: true, atomicWrites: true };
  readonly users: UserStore;
  readonly items: ItemStore;
  readonly itemSearch: ItemSearch;
  readonly feedback: FeedbackStore;
  readonly #session: ClickhouseSession;
  readonly #tables: ClickhouseTables;

  constructor(session: ClickhouseSession, prefix: string) {
    const tables = clickhouseTables(prefix);
    const search = new ClickhouseItemSearch(session, tables);
    this.#session = session;
    this.#tables = tables;
    this.users = new ClickhouseUserStore(session, tables.records);
    this.items = new ClickhouseItemStore(session, tables, search);
    this.itemSearch = search;
    this.feedback = new ClickhouseFeedbackStore(session, tables.records);
  }

  async migrate(options?: CallOptions): Promise<void> {
    await this.#session.run(options, (calls) => migrateClickhouse(calls, this.#tables));
  }

  async ping(options?: CallOptions): Promise<void> {
    await this.#session.run(options, (calls) => calls.rows("SELECT 1 AS one"));
  }

  async purge(options?: CallOptions): Promise<void> {
    await this.#session.run(options, (calls) => calls.command(`TRUNCATE TABLE ${this.#tables.records}`));
  }

  async close(): Promise<void> {
    await this.#session.close();
  }
}
