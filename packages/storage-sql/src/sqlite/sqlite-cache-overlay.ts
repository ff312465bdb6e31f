import { type CallOptions, type Clock, checkId } from "@furze/core";
import type { OverlayDelta, OverlayPut } from "@furze/storage";
import { parseCategories, toCategories } from "../columns.ts";
import type { CacheTables } from "./sqlite-cache-schema.ts";
import type { SqliteConnection } from "./sqlite-connection.ts";
import { UPSERT_SLICE_ROWS } from "./sqlite-rows.ts";
import type { SqliteSession } from "./sqlite-session.ts";

type OverlayRow = readonly [itemId: string, isHidden: number, categories: string | null, changedMs: number, expiresMs: number];

/** Part of every read of lists, so it is kept to one look-up in a table of one row. */
export function readOverlayVersion(connection: SqliteConnection, tables: CacheTables): number {
  const [version] = connection.prepare(`SELECT version FROM ${tables.overlayVersion}`).get() as [number];
  return version;
}

/** The item overlay in SQLite. */
export class SqliteCacheOverlay {
  readonly #session: SqliteSession;
  readonly #tables: CacheTables;
  readonly #clock: Clock;

  constructor(session: SqliteSession, tables: CacheTables, clock: Clock) {
    this.#session = session;
    this.#tables = tables;
    this.#clock = clock;
  }

  async put(entries: readonly OverlayPut[], options: CallOptions | undefined): Promise<number> {
    for (const entry of entries) checkId(entry.itemId, "ItemId");
    const tables = this.#tables;
    if (entries.length === 0) return this.#session.read((reader) => readOverlayVersion(reader, tables), options);
    return this.#session.writeSliced(function* (connection) {
      connection.prepare(`UPDATE ${tables.overlayVersion} SET version = version + 1`).run();
      const version = readOverlayVersion(connection, tables);
      const upsert = connection.prepare(`INSERT INTO ${tables.overlay} AS old
          (item_id, version, is_hidden, categories, changed_ms, expires_ms) VALUES (?, ?, ?, ?, ?, ?)
        ON CONFLICT (item_id) DO UPDATE SET version = excluded.version, is_hidden = excluded.is_hidden,
          categories = coalesce(excluded.categories, old.categories), changed_ms = max(excluded.changed_ms, old.changed_ms),
          expires_ms = max(excluded.expires_ms, old.expires_ms)`);
      for (const [position, entry] of entries.entries()) {
        if (position % UPSERT_SLICE_ROWS === 0) yield;
        const categories = entry.categories === undefined ? null : toCategories(entry.categories);
        upsert.run(entry.itemId, version, entry.isHidden ? 1 : 0, categories, entry.changedMs, entry.expiresMs);
      }
      return version;
    }, options);
  }

  async get(sinceVersion: number, options: CallOptions | undefined): Promise<OverlayDelta> {
    const sql = `SELECT item_id, is_hidden, categories, changed_ms, expires_ms FROM ${this.#tables.overlay}
      WHERE version > ? AND expires_ms > ? ORDER BY version, item_id`;
    return this.#session.readSnapshot((reader) => {
      const rows = reader.prepare(sql).all(sinceVersion, this.#clock.now()) as OverlayRow[];
      const entries = rows.map(([itemId, isHidden, categories, changedMs, expiresMs]) => ({
        itemId,
        isHidden: isHidden !== 0,
        categories: categories === null ? undefined : parseCategories(categories),
        changedMs,
        expiresMs,
      }));
      return { version: readOverlayVersion(reader, this.#tables), entries };
    }, options);
  }
}
