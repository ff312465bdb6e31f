import { type CallOptions, checkId, type JsonValue, type User, type UserId, type UserPatch } from "@furze/core";
import {
  checkIds,
  checkUserPatch,
  checkUsers,
  DEFAULT_SCAN_BATCH_SIZE,
  type Page,
  type PageOptions,
  type ScanOptions,
  type UserStore,
} from "@furze/storage";
import { parseJson, toJson } from "../columns.ts";
import type { DataTables } from "./sqlite-data-schema.ts";
import { typeCondition } from "./sqlite-feedback-rows.ts";
import { deleteEntities, readAligned, readPage, scanByKey, UPSERT_SLICE_ROWS } from "./sqlite-rows.ts";
import type { SqliteSession } from "./sqlite-session.ts";

type UserRow = readonly [userId: string, labels: string | null, comment: string];

function toUser([userId, labels, comment]: UserRow): User {
  return { userId, labels: parseJson(labels), comment };
}

/** Users in SQLite. */
export class SqliteUserStore implements UserStore {
  readonly #session: SqliteSession;
  readonly #tables: DataTables;
  readonly #select: string;
  readonly #upsert: string;
  readonly #patch: string;

  constructor(session: SqliteSession, tables: DataTables) {
    this.#session = session;
    this.#tables = tables;
    this.#select = `SELECT user_id, labels, comment FROM ${tables.users}`;
    this.#upsert = `INSERT INTO ${tables.users} (user_id, labels, comment) VALUES (?, ?, ?)
      ON CONFLICT (user_id) DO UPDATE SET labels = excluded.labels, comment = excluded.comment`;
    this.#patch = `UPDATE ${tables.users} SET labels = iif(?2, ?3, labels), comment = coalesce(?4, comment) WHERE user_id = ?1`;
  }

  async upsert(users: readonly User[], options?: CallOptions): Promise<void> {
    checkUsers(users);
    if (users.length === 0) return;
    const sql = this.#upsert;
    await this.#session.writeSliced(function* (connection) {
      const statement = connection.prepare(sql);
      for (const [position, user] of users.entries()) {
        statement.run(user.userId, toJson(user.labels), user.comment);
        if (position % UPSERT_SLICE_ROWS === 0) yield;
      }
    }, options);
  }

  async get(userIds: readonly UserId[], options?: CallOptions): Promise<(User | undefined)[]> {
    checkIds(userIds, "UserId");
    return readAligned<UserRow, User>(this.#session, `${this.#select} WHERE user_id = ?`, userIds, toUser, options);
  }

  async patch(userId: UserId, patch: UserPatch, options?: CallOptions): Promise<boolean> {
    checkId(userId, "UserId");
    checkUserPatch(patch);
    const sql = this.#patch;
    const labels: JsonValue | undefined = patch.labels;
    return this.#session.write((connection) => {
      const { changes } = connection
        .prepare(sql)
        .run(userId, labels === undefined ? 0 : 1, toJson(labels ?? null), patch.comment ?? null);
      return Number(changes) > 0;
    }, options);
  }

  async delete(userIds: readonly UserId[], options?: CallOptions): Promise<number> {
    checkIds(userIds, "UserId");
    const { users: table, feedback } = this.#tables;
    const feedbackCondition = `${typeCondition(undefined, this.#tables).sql} AND user_id = ?`;
    return deleteEntities(this.#session, { table, feedback, column: "user_id", feedbackCondition, ids: userIds }, options);
  }

  async list(options: PageOptions<UserId>): Promise<Page<User, UserId>> {
    const sql = `${this.#select} WHERE user_id >= ? ORDER BY user_id LIMIT ?`;
    return readPage<UserRow, User, UserId>(this.#session, { sql, toRow: toUser, keyOf: (user) => user.userId }, options);
  }

  scan(options: ScanOptions = {}): AsyncIterable<readonly User[]> {
    const sql = `${this.#select} WHERE user_id > ? ORDER BY user_id LIMIT ?`;
    const reading = { sql, toRow: toUser, keyOf: (user: User) => user.userId };
    return scanByKey<UserRow, User>(this.#session, reading, options.batchSize ?? DEFAULT_SCAN_BATCH_SIZE, options);
  }

  async count(options?: CallOptions): Promise<number> {
    return this.#session.count(this.#tables.users, options);
  }
}
