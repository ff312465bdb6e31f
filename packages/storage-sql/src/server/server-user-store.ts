import { type CallOptions, checkId, type User, type UserId, type UserPatch } from "@furze/core";
import {
  checkIds,
  checkUserPatch,
  checkUsers,
  DEFAULT_SCAN_BATCH_SIZE,
  type Page,
  type PageOptions,
  type ScanOptions,
  SharedReads,
  type UserStore,
} from "@furze/storage";
import { parseJson, toJson } from "../columns.ts";
import { lastOfEachKey } from "./chunks.ts";
import type { ServerDataTables } from "./server-data-schema.ts";
import {
  type ColumnChange,
  countRows,
  deleteEntities,
  type EntityReading,
  patchEntity,
  readAligned,
  readPage,
  readSingly,
  scanEntities,
} from "./server-rows.ts";
import type { Insertion } from "./sql-driver.ts";
import type { SqlSession } from "./sql-session.ts";

/** Users on a SQL server. */
export class ServerUserStore implements UserStore {
  readonly #session: SqlSession;
  readonly #tables: ServerDataTables;
  readonly #reading: EntityReading<User>;
  readonly #single: SharedReads<User>;
  readonly #insertion: Insertion;

  constructor(session: SqlSession, tables: ServerDataTables) {
    this.#session = session;
    this.#tables = tables;
    this.#reading = {
      select: `SELECT user_id, labels, comment FROM ${tables.users}`,
      column: "user_id",
      toRow: ([userId, labels, comment]) => ({
        userId: userId as string,
        labels: parseJson(labels as string | null),
        comment: comment as string,
      }),
      keyOf: (user) => user.userId,
    };
    this.#single = new SharedReads(readSingly(session, this.#reading));
    this.#insertion = {
      table: tables.users,
      columns: [
        ["user_id", "text"],
        ["labels", "text"],
        ["comment", "text"],
      ],
      key: ["user_id"],
      update: ({ given }) => ({ labels: given("labels"), comment: given("comment") }),
    };
  }

  async upsert(users: readonly User[], options?: CallOptions): Promise<void> {
    checkUsers(users);
    if (users.length === 0) return;
    const rows = lastOfEachKey(users, (user) => user.userId).map((user) => [user.userId, toJson(user.labels), user.comment]);
    await this.#session.transaction((connection) => this.#session.dialect.insert(connection, this.#insertion, rows), options);
  }

  async get(userIds: readonly UserId[], options?: CallOptions): Promise<(User | undefined)[]> {
    checkIds(userIds, "UserId");
    const [only] = userIds;
    if (only !== undefined && userIds.length === 1) return [await this.#single.one(only, options)];
    return readAligned(this.#session, this.#reading, userIds, options);
  }

  /** Sends reads that wait for others of their turn. */
  flush(): void {
    this.#single.flush();
  }

  async patch(userId: UserId, patch: UserPatch, options?: CallOptions): Promise<boolean> {
    checkId(userId, "UserId");
    checkUserPatch(patch);
    const changes: ColumnChange[] = [];
    if (patch.labels !== undefined) changes.push({ column: "labels", value: toJson(patch.labels) });
    if (patch.comment !== undefined) changes.push({ column: "comment", value: patch.comment });
    const row = { table: this.#tables.users, column: "user_id", id: userId };
    return this.#session.transaction((connection) => patchEntity(connection, row, changes), options);
  }

  async delete(userIds: readonly UserId[], options?: CallOptions): Promise<number> {
    checkIds(userIds, "UserId");
    const { users, feedback, deletions } = this.#tables;
    const deletion = { table: users, feedback, deletions, column: "user_id", ids: userIds } as const;
    return deleteEntities(this.#session, deletion, options);
  }

  async list(options: PageOptions<UserId>): Promise<Page<User, UserId>> {
    return readPage<User, UserId>(this.#session, this.#reading, options);
  }

  scan(options: ScanOptions = {}): AsyncIterable<readonly User[]> {
    return scanEntities(this.#session, this.#reading, options.batchSize ?? DEFAULT_SCAN_BATCH_SIZE, options);
  }

  async count(options?: CallOptions): Promise<number> {
    return countRows(this.#session, this.#tables.users, options);
  }
}
