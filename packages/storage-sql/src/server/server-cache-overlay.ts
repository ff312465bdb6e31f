import { type CallOptions, type Clock, checkId } from "@furze/core";
import type { OverlayDelta, OverlayPut } from "@furze/storage";
import { parseCategories, toCategories } from "../columns.ts";
import type { ServerCacheTables } from "./server-cache-schema.ts";
import type { Insertion, SqlConnection } from "./sql-driver.ts";
import type { SqlSession } from "./sql-session.ts";

/** The item overlay on a SQL server. */
export class ServerCacheOverlay {
  readonly #session: SqlSession;
  readonly #tables: ServerCacheTables;
  readonly #clock: Clock;
  readonly #insertion: Insertion;

  constructor(session: SqlSession, tables: ServerCacheTables, clock: Clock) {
    this.#session = session;
    this.#tables = tables;
    this.#clock = clock;
    this.#insertion = {
      table: tables.overlay,
      columns: [
        ["item_id", "text"],
        ["version", "integer"],
        ["is_hidden", "integer"],
        ["categories", "text"],
        ["changed_ms", "integer"],
        ["expires_ms", "integer"],
      ],
      key: ["item_id"],
      update: ({ stored, given }) => ({
        version: given("version"),
        is_hidden: given("is_hidden"),
        categories: `coalesce(${given("categories")}, ${stored("categories")})`,
        changed_ms: `GREATEST(${given("changed_ms")}, ${stored("changed_ms")})`,
        expires_ms: `GREATEST(${given("expires_ms")}, ${stored("expires_ms")})`,
      }),
    };
  }

  async put(entries: readonly OverlayPut[], options: CallOptions | undefined): Promise<number> {
    for (const entry of entries) checkId(entry.itemId, "ItemId");
    if (entries.length === 0) return this.#session.read((connection) => this.#version(connection), options);
    const folded = foldEntries(entries);
    return this.#session.transaction(async (connection) => {
      // The lock on this row puts the writers in a row, so versions become visible in their order.
      await connection.query(`UPDATE ${this.#tables.overlayVersion} SET version = version + 1`);
      const version = await this.#version(connection);
      const rows = folded.map((entry) => [
        ...[entry.itemId, version, entry.isHidden ? 1 : 0],
        ...[entry.categories === undefined ? null : toCategories(entry.categories), entry.changedMs, entry.expiresMs],
      ]);
      await this.#session.dialect.insert(connection, this.#insertion, rows);
      return version;
    }, options);
  }

  async get(sinceVersion: number, options: CallOptions | undefined): Promise<OverlayDelta> {
    const sql = `SELECT item_id, is_hidden, categories, changed_ms, expires_ms FROM ${this.#tables.overlay}
      WHERE version > ? AND expires_ms > ? ORDER BY version, item_id`;
    return this.#session.read(async (connection) => {
      // Read first: entries of a later version are then fetched twice, not missed.
      const version = await this.#version(connection);
      const { rows } = await connection.query(sql, [sinceVersion, this.#clock.now()]);
      const entries = rows.map(([itemId, isHidden, categories, changedMs, expiresMs]) => ({
        itemId: itemId as string,
        isHidden: Number(isHidden) !== 0,
        categories: categories === null ? undefined : parseCategories(categories as string),
        changedMs: Number(changedMs),
        expiresMs: Number(expiresMs),
      }));
      return { version, entries };
    }, options);
  }

  async #version(connection: SqlConnection): Promise<number> {
    const { rows } = await connection.query(`SELECT version FROM ${this.#tables.overlayVersion}`);
    return Number(rows[0]?.[0] ?? 0);
  }
}

/** Several changes of one item become what they would have become one after another; in the order of the ids. */
function foldEntries(entries: readonly OverlayPut[]): OverlayPut[] {
  const byId = new Map<string, OverlayPut>();
  for (const entry of entries) {
    const known = byId.get(entry.itemId);
    byId.set(entry.itemId, {
      ...entry,
      categories: entry.categories ?? known?.categories,
      changedMs: Math.max(entry.changedMs, known?.changedMs ?? entry.changedMs),
      expiresMs: Math.max(entry.expiresMs, known?.expiresMs ?? entry.expiresMs),
    });
  }
  return [...byId.values()].sort((a, b) => (a.itemId < b.itemId ? -1 : 1));
}
