import { type CallOptions, type Clock, checkId, InvalidArgumentError } from "@furze/core";
import {
  checkText,
  decodeList,
  encodeList,
  type ListKey,
  type ListPut,
  type ListRead,
  type RankedList,
  SharedReads,
} from "@furze/storage";
import type { Collection } from "mongodb";
import { chunkList } from "./chunk-list.ts";
import { type ListDocument, OVERLAY_VERSION_ID } from "./mongo-cache-schema.ts";
import { filterOf, ID_CHUNK, SEPARATOR, startingWith } from "./mongo-rows.ts";
import type { MongoSession } from "./mongo-session.ts";

const SCAN_BATCH_NAMES = 10_000;
/** As in the stores on SQL servers. */
const MAX_NAME_LENGTH = 512;
/** Lists encoded at a time: a few megabytes. */
const PUT_CHUNK_LISTS = 1000;

/** Ranked lists in a MongoDB: one encoded value per key. */
export class MongoCacheLists {
  readonly #session: MongoSession;
  readonly #lists: Collection<ListDocument>;
  readonly #clock: Clock;
  /** Lists that are asked for one by one, as a server does. */
  readonly #single: SharedReads<ListRead> = new SharedReads(async (ids) => {
    const { lists, overlayVersion } = await this.#read(ids, undefined);
    return new Map(ids.map((id, place) => [id, { lists: [lists[place]], overlayVersion }]));
  });

  constructor(session: MongoSession, lists: Collection<ListDocument>, clock: Clock) {
    this.#session = session;
    this.#lists = lists;
    this.#clock = clock;
  }

  async get(keys: readonly ListKey[], options: CallOptions | undefined): Promise<ListRead> {
    const ids = keys.map(checkKey);
    const [only] = ids;
    if (only !== undefined && ids.length === 1) return this.#single.one(only, options) as Promise<ListRead>;
    return this.#read(ids, options);
  }

  /** Sends reads that wait for others of their turn. */
  flush(): void {
    this.#single.flush();
  }

  async put(lists: readonly ListPut[], options: CallOptions | undefined): Promise<void> {
    const byId = new Map<string, ListPut>();
    for (const put of lists) {
      if (!Number.isSafeInteger(put.expiresMs)) {
        throw new InvalidArgumentError("expiresMs", `expiresMs must be a whole number of milliseconds, got ${put.expiresMs}`);
      }
      byId.set(checkKey(put), put);
    }
    await this.#session.write(
      async (unit) => {
        for (const chunk of chunkList([...byId], PUT_CHUNK_LISTS)) {
          const operations = chunk.map(([_id, { list, expiresMs }]) => ({
            updateOne: { filter: { _id }, update: { $set: { expiresMs, value: encodeList(list) } }, upsert: true },
          }));
          await unit.bulk(this.#lists, operations, { isRepeatable: true });
        }
      },
      { ...options, isRepeatable: true },
    );
  }

  async delete(keys: readonly ListKey[], options: CallOptions | undefined): Promise<void> {
    const ids = [...new Set(keys.map(checkKey))];
    const again = { isRepeatable: true };
    await this.#session.write(
      async (unit) => {
        for (const chunk of chunkList(ids, ID_CHUNK)) {
          const filter = filterOf<ListDocument>({ _id: { $in: chunk } });
          await unit.change((inUnit) => this.#lists.deleteMany(filter, inUnit), again);
        }
      },
      { ...options, ...again },
    );
  }

  async *scanNames(collection: string, options: CallOptions): AsyncIterable<readonly string[]> {
    checkId(collection, "collection");
    const nowMs = this.#clock.now();
    const open = (last: ListDocument | undefined) => {
      const conditions = [
        startingWith(collection),
        { expiresMs: { $gt: nowMs } },
        last === undefined ? {} : { _id: { $gt: last._id } },
      ];
      return this.#lists.find<ListDocument>(filterOf({ $and: conditions }), { projection: { _id: 1 }, sort: { _id: 1 } });
    };
    for await (const batch of this.#session.scan(open, SCAN_BATCH_NAMES, options)) {
      yield batch.map(({ _id }) => _id.slice(collection.length + SEPARATOR.length));
    }
  }

  #read(ids: readonly string[], options: CallOptions | undefined): Promise<ListRead> {
    const unique = [...new Set(ids)];
    return this.#session.read(async () => {
      const found = new Map<string, RankedList | undefined>();
      let overlayVersion = 0;
      // The version comes with the first lists: should the overlay change in between, the reader fetches once too often.
      for (const chunk of unique.length === 0 ? [[]] : chunkList(unique, ID_CHUNK)) {
        const wanted = chunk[0] === unique[0] ? [OVERLAY_VERSION_ID, ...chunk] : chunk;
        const filter = filterOf<ListDocument>({ _id: { $in: wanted }, expiresMs: { $gt: this.#clock.now() } });
        const find = { batchSize: ID_CHUNK + 1, promoteBuffers: true };
        for (const { _id, value, version } of await this.#lists.find(filter, find).toArray()) {
          if (_id === OVERLAY_VERSION_ID) overlayVersion = version ?? 0;
          else if (value !== undefined) found.set(_id, decodeList(value));
        }
      }
      return { lists: ids.map((id) => found.get(id)), overlayVersion };
    }, options);
  }
}

/** @returns id of the list's document */
function checkKey({ collection, name }: ListKey): string {
  checkId(collection, "collection");
  // The name may be empty: it is the category of a leaderboard of all items.
  checkText(name, "name");
  if (name.length > MAX_NAME_LENGTH) {
    throw new InvalidArgumentError("name", `name has ${name.length} characters, at most ${MAX_NAME_LENGTH} are allowed`);
  }
  return collection + SEPARATOR + name;
}
