import { type CallOptions, checkId, type User, type UserId, type UserPatch } from "@furze/core";
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
import { deleteEntities } from "./clickhouse-deletion.ts";
import {
  countEntities,
  type EntityReading,
  existingIds,
  lastOfEachId,
  parseJson,
  readByIds,
  readPage,
  scanEntities,
} from "./clickhouse-rows.ts";
import type { ClickhouseSession } from "./clickhouse-session.ts";

interface RawUser {
  readonly id: string;
  readonly labels: string | null;
  readonly comment: string | null;
}

/** Users on ClickHouse. */
export class ClickhouseUserStore implements UserStore {
  readonly #session: ClickhouseSession;
  readonly #table: string;
  readonly #reading: EntityReading<RawUser, User>;

  constructor(session: ClickhouseSession, table: string) {
    this.#session = session;
    this.#table = table;
    this.#reading = {
      ...{ kind: "user", table, columns: "labels, comment" },
      toRows: (_, raw) =>
        raw.map(({ id, labels, comment }) => ({ userId: id, labels: parseJson(labels, null), comment: comment ?? "" })),
      idOf: (user) => user.userId,
    };
  }

  async upsert(users: readonly User[], options?: CallOptions): Promise<void> {
    checkUsers(users);
    if (users.length === 0) return;
    const values = lastOfEachId(users, (user) => user.userId).map(({ userId, labels, comment }) => ({
      ...{ kind: "user", key: userId, is_live: 1, labels: JSON.stringify(labels), comment },
    }));
    await this.#session.run(options, (calls) => calls.insert(this.#table, { format: "JSONEachRow", values }));
  }

  async get(userIds: readonly UserId[], options?: CallOptions): Promise<(User | undefined)[]> {
    checkIds(userIds, "UserId");
    const byId = await this.#session.run(options, (calls) => readByIds(calls, this.#reading, userIds));
    return userIds.map((userId) => byId.get(userId));
  }

  async patch(userId: UserId, patch: UserPatch, options?: CallOptions): Promise<boolean> {
    checkId(userId, "UserId");
    checkUserPatch(patch);
    return this.#session.run(options, async (calls) => {
      if (!(await existingIds(calls, this.#table, "user", [userId])).has(userId)) return false;
      if (patch.labels === undefined && patch.comment === undefined) return true;
      const row = {
        ...{ kind: "user", key: userId },
        ...(patch.labels !== undefined && { labels: JSON.stringify(patch.labels) }),
        ...(patch.comment !== undefined && { comment: patch.comment }),
      };
      await calls.insert(this.#table, { format: "JSONEachRow", values: [row] });
      return true;
    });
  }

  async delete(userIds: readonly UserId[], options?: CallOptions): Promise<number> {
    checkIds(userIds, "UserId");
    return this.#session.run(options, (calls) => deleteEntities(calls, this.#table, "user", userIds));
  }

  async list(options: PageOptions<UserId>): Promise<Page<User, UserId>> {
    return readPage<RawUser, User, UserId>(this.#session, this.#reading, options);
  }

  scan(options: ScanOptions = {}): AsyncIterable<readonly User[]> {
    return scanEntities(this.#session, this.#reading, options.batchSize ?? DEFAULT_SCAN_BATCH_SIZE, options);
  }

  async count(options?: CallOptions): Promise<number> {
    return countEntities(this.#session, this.#table, "user", options);
  }
}
