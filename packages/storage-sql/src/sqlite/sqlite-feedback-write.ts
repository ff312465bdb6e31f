import { type Feedback, ZERO_TIME_MS } from "@furze/core";
import type { FeedbackWriteOptions, FeedbackWriteResult } from "@furze/storage";
import type { SqliteConnection } from "./sqlite-connection.ts";
import type { DataTables } from "./sqlite-data-schema.ts";
import { FEEDBACK_COLUMNS } from "./sqlite-feedback-rows.ts";
import { UPSERT_SLICE_ROWS } from "./sqlite-rows.ts";

const ON_CONFLICT: Readonly<Record<FeedbackWriteOptions["mode"], string>> = {
  sum: `value = value + excluded.value, timestamp_ms = min(timestamp_ms, excluded.timestamp_ms),
    updated_ms = max(updated_ms, excluded.updated_ms), comment = excluded.comment`,
  overwrite: `value = excluded.value, timestamp_ms = excluded.timestamp_ms,
    updated_ms = excluded.updated_ms, comment = excluded.comment`,
};

/**
 * Stores the rows inside the transaction of the caller. A user or item is created only for a row that is accepted.
 * Yields between slices of rows.
 */
export function* writeFeedback(
  connection: SqliteConnection,
  tables: DataTables,
  rows: readonly Feedback[],
  options: FeedbackWriteOptions,
): Generator<undefined, FeedbackWriteResult, undefined> {
  const insertsUsers = options.autoInsertUsers ?? true;
  const insertsItems = options.autoInsertItems ?? true;
  const upsert = connection.prepare(`INSERT INTO ${tables.feedback} (${FEEDBACK_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (feedback_type, user_id, item_id) DO UPDATE SET ${ON_CONFLICT[options.mode]}`);
  const users = new KnownIds(connection, userStatements(tables));
  const items = new KnownIds(connection, itemStatements(tables));
  const insertType = connection.prepare(
    `INSERT INTO ${tables.feedbackTypes} (feedback_type) VALUES (?) ON CONFLICT DO NOTHING`,
  );
  const types = new Set<string>();
  let accepted = 0;
  for (const [position, row] of rows.entries()) {
    if (position % UPSERT_SLICE_ROWS === 0) {
      yield;
      const slice = rows.slice(position, position + UPSERT_SLICE_ROWS);
      users.learn(slice.map(({ userId }) => userId));
      items.learn(slice.map(({ itemId }) => itemId));
    }
    if (!insertsUsers && !users.has(row.userId)) continue;
    if (!insertsItems && !items.has(row.itemId)) continue;
    if (insertsUsers) users.add(row.userId);
    if (insertsItems) items.add(row.itemId);
    if (!types.has(row.feedbackType)) insertType.run(row.feedbackType);
    types.add(row.feedbackType);
    upsert.run(row.userId, row.itemId, row.feedbackType, row.value, row.timestampMs, row.updatedMs, row.comment);
    accepted++;
  }
  return { accepted, rejected: rows.length - accepted };
}

/** Fewer ids are looked up, or inserted if they do not exist, one by one. */
const MIN_ASKED_AT_ONCE = 8;

interface EntityStatements {
  readonly find: string;
  /** Takes a JSON array of ids. @returns places in it of those that do not exist */
  readonly findMissing: string;
  readonly insert: string;
}

function userStatements({ users }: DataTables): EntityStatements {
  return {
    find: `SELECT 1 FROM ${users} WHERE user_id = ?`,
    findMissing: `SELECT key FROM json_each(?) WHERE NOT EXISTS (SELECT 1 FROM ${users} WHERE user_id = value)`,
    insert: `INSERT INTO ${users} (user_id, labels, comment) VALUES (?, NULL, '') ON CONFLICT DO NOTHING`,
  };
}

function itemStatements({ items }: DataTables): EntityStatements {
  return {
    find: `SELECT 1 FROM ${items} WHERE item_id = ?`,
    findMissing: `SELECT key FROM json_each(?) WHERE NOT EXISTS (SELECT 1 FROM ${items} WHERE item_id = value)`,
    insert: `INSERT INTO ${items} (item_id, is_hidden, categories, timestamp_ms, labels, comment)
      VALUES (?, 0, '[]', ${ZERO_TIME_MS}, NULL, '') ON CONFLICT DO NOTHING`,
  };
}

/** What one call has learned about users or items: the write lock keeps it true until the end of the transaction. */
class KnownIds {
  readonly #connection: SqliteConnection;
  readonly #statements: EntityStatements;
  readonly #known = new Map<string, boolean>();

  constructor(connection: SqliteConnection, statements: EntityStatements) {
    this.#connection = connection;
    this.#statements = statements;
  }

  /** Asks for all ids that are new to this call in one query: cheaper than one statement for each, unless they are few. */
  learn(ids: readonly string[]): void {
    const asked = [...new Set(ids)].filter((id) => !this.#known.has(id));
    if (asked.length < MIN_ASKED_AT_ONCE) return;
    const missing = this.#connection.prepare(this.#statements.findMissing).all(JSON.stringify(asked)) as [number][];
    const places = new Set(missing.map(([place]) => place));
    for (const [place, id] of asked.entries()) this.#known.set(id, !places.has(place));
  }

  has(id: string): boolean {
    const known = this.#known.get(id);
    if (known !== undefined) return known;
    const found = this.#connection.prepare(this.#statements.find).get(id) !== undefined;
    this.#known.set(id, found);
    return found;
  }

  add(id: string): void {
    if (this.#known.get(id) === true) return;
    this.#connection.prepare(this.#statements.insert).run(id);
    this.#known.set(id, true);
  }
}
