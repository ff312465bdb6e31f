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
import { toJson, type UserDocument } from "./mongo-data-schema.ts";
import type { MongoDataCollections } from "./mongo-data-store.ts";
import { deleteEntities } from "./mongo-deletion.ts";
import { countRows, type RowReading, readAligned, readPage, scanRows } from "./mongo-rows.ts";
import type { MongoSession } from "./mongo-session.ts";

/** Users in a MongoDB. */
export class MongoUserStore implements UserStore {
  readonly #session: MongoSession;
  readonly #collections: MongoDataCollections;
  readonly #reading: RowReading<UserDocument, User>;

  constructor(session: MongoSession, collections: MongoDataCollections) {
    this.#session = session;
    this.#collections = collections;
    this.#reading = { collection: collections.users, toRow: toUser, projection: {} };
  }

  async upsert(users: readonly User[], options?: CallOptions): Promise<void> {
    checkUsers(users);
    if (users.length === 0) return;
    const byId = new Map(users.map((user) => [user.userId as string, user]));
    const operations = Array.from(byId, ([_id, { labels, comment }]) => ({
      replaceOne: { filter: { _id }, replacement: { labels: toJson(labels), comment }, upsert: true },
    }));
    await this.#session.write((unit) => unit.bulk(this.#collections.users, operations, { isRepeatable: true }), {
      ...options,
      isRepeatable: true,
    });
  }

  async get(userIds: readonly UserId[], options?: CallOptions): Promise<(User | undefined)[]> {
    checkIds(userIds, "UserId");
    return readAligned(this.#session, this.#reading, userIds, options);
  }

  async patch(userId: UserId, patch: UserPatch, options?: CallOptions): Promise<boolean> {
    checkId(userId, "UserId");
    checkUserPatch(patch);
    const { users } = this.#collections;
    const changes = {
      ...(patch.labels !== undefined && { labels: toJson(patch.labels) }),
      ...(patch.comment !== undefined && { comment: patch.comment }),
    };
    if (Object.keys(changes).length === 0) return (await this.get([userId], options))[0] !== undefined;
    const result = await this.#session.write(
      (unit) => unit.change((inUnit) => users.updateOne({ _id: userId }, { $set: changes }, inUnit), { isRepeatable: true }),
      { ...options, isRepeatable: true },
    );
    return result.matchedCount > 0;
  }

  async delete(userIds: readonly UserId[], options?: CallOptions): Promise<number> {
    checkIds(userIds, "UserId");
    const { users, feedback } = this.#collections;
    return deleteEntities(this.#session, { entities: users, feedback, field: "userId", ids: userIds }, options);
  }

  async list(options: PageOptions<UserId>): Promise<Page<User, UserId>> {
    return readPage<UserDocument, User, UserId>(this.#session, this.#reading, options);
  }

  scan(options: ScanOptions = {}): AsyncIterable<readonly User[]> {
    return scanRows(this.#session, this.#reading, options.batchSize ?? DEFAULT_SCAN_BATCH_SIZE, options);
  }

  async count(options?: CallOptions): Promise<number> {
    return countRows(this.#session, this.#collections.users, options);
  }
}

function toUser({ _id, labels, comment }: UserDocument): User {
  return { userId: _id, labels: labels === null ? null : (JSON.parse(labels) as JsonValue), comment };
}
