import { type CallOptions, type Clock, checkId } from "@furze/core";
import type { OverlayDelta, OverlayEntry, OverlayPut } from "@furze/storage";
import type { AnyBulkWriteOperation } from "mongodb";
import { type CacheCollections, OVERLAY_VERSION_ID, type OverlayDocument } from "./mongo-cache-schema.ts";
import { filterOf } from "./mongo-rows.ts";
import type { MongoSession } from "./mongo-session.ts";
import { WriteUnit } from "./write-unit.ts";

/**
 * The item overlay in a MongoDB, without transactions. A writer takes a number, stamps its entries with it and then makes it the version that
 * readers know, unless a later one is known already: then it stamps them again. So whoever reads a version finds all entries up to it.
 */
export class MongoCacheOverlay {
  readonly #session: MongoSession;
  readonly #collections: CacheCollections;
  readonly #clock: Clock;
  /** Writers of this process go one after another, so that they do not overtake each other. */
  #lastPut: Promise<unknown> = Promise.resolve();

  constructor(session: MongoSession, collections: CacheCollections, clock: Clock) {
    this.#session = session;
    this.#collections = collections;
    this.#clock = clock;
  }

  async put(entries: readonly OverlayPut[], options: CallOptions | undefined): Promise<number> {
    for (const entry of entries) checkId(entry.itemId, "ItemId");
    return this.#session.read(() => {
      if (entries.length === 0) return this.#version();
      const putting = this.#lastPut.then(() => this.#publish(foldEntries(entries)));
      this.#lastPut = putting.catch(() => {});
      return putting;
    }, options);
  }

  async get(sinceVersion: number, options: CallOptions | undefined): Promise<OverlayDelta> {
    return this.#session.read(async () => {
      // Read first: entries of a later version are then fetched twice, not missed.
      const version = await this.#version();
      const filter = filterOf<OverlayDocument>({ version: { $gt: sinceVersion }, expiresMs: { $gt: this.#clock.now() } });
      const documents = await this.#collections.overlay.find(filter, { sort: { version: 1, _id: 1 } }).toArray();
      return { version, entries: documents.map(toEntry) };
    }, options);
  }

  async #version(): Promise<number> {
    return (await this.#collections.lists.findOne({ _id: OVERLAY_VERSION_ID }))?.version ?? 0;
  }

  async #publish(entries: readonly OverlayPut[]): Promise<number> {
    const { lists, overlay } = this.#collections;
    // Every writer but the one with the highest number goes round again, so each round brings one to the end.
    for (;;) {
      const taken = await this.#takeNumber();
      const unit = new WriteUnit(undefined, undefined);
      await unit.bulk(
        overlay,
        entries.map((entry) => toOperation(entry, taken)),
        { isRepeatable: true },
      );
      const isOlder = { _id: OVERLAY_VERSION_ID, version: { $lt: taken } };
      const { matchedCount } = await lists.updateOne(isOlder, { $set: { version: taken } });
      if (matchedCount === 1) return taken;
    }
  }

  async #takeNumber(): Promise<number> {
    const setOnInsert = { version: 0, expiresMs: Number.POSITIVE_INFINITY };
    const found = await this.#collections.lists.findOneAndUpdate(
      { _id: OVERLAY_VERSION_ID },
      { $inc: { taken: 1 }, $setOnInsert: setOnInsert },
      { upsert: true, returnDocument: "after" },
    );
    return found?.taken ?? 1;
  }
}

function toEntry({ _id, isHidden, categories, changedMs, expiresMs }: OverlayDocument): OverlayEntry {
  return { itemId: _id, isHidden, categories, changedMs, expiresMs };
}

function toOperation(entry: OverlayPut, version: number): AnyBulkWriteOperation<OverlayDocument> {
  const { itemId, isHidden, categories, changedMs, expiresMs } = entry;
  const update = {
    $set: categories === undefined ? { isHidden } : { isHidden, categories },
    $max: { version, changedMs, expiresMs },
  };
  return { updateOne: { filter: { _id: itemId }, update, upsert: true } };
}

/** Several changes of one item become what they would have become one after another. */
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
  return [...byId.values()];
}
