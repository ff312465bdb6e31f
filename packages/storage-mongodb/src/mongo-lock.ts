import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { type CallOptions, throwIfAborted } from "@furze/core";
import type { Collection } from "mongodb";
import { failureOf } from "./mongo-errors.ts";

/** Says who migrates. As long as he lives, `beats` goes on rising. */
export interface LockDocument {
  readonly _id: string;
  readonly holder?: string;
  readonly beats?: number;
}

const LOCK_ID = "lock";
const BEAT_MS = 1000;
/** Silence after which the holder counts as dead. Measured by the one who waits, so clocks need not agree. */
const SILENCE_MS = 10_000;
const POLL_MS = 100;

export interface LockOptions extends CallOptions {
  /** Milliseconds without a beat after which the holder counts as dead. Default 10,000. */
  readonly silenceMs?: number | undefined;
}

/** Runs something while no other process does. A holder that died is succeeded. @throws {AbortError} while it waits */
export async function withLock<T>(
  collection: Collection<LockDocument>,
  run: () => Promise<T>,
  options: LockOptions = {},
): Promise<T> {
  const holder = randomUUID();
  await acquire(collection, holder, options);
  // A beat that fails is followed by the next, or by a successor, who finds steps that may run twice.
  const beating = setInterval(() => {
    void collection.updateOne({ _id: LOCK_ID, holder }, { $inc: { beats: 1 } }).catch(() => {});
  }, BEAT_MS);
  try {
    return await run();
  } finally {
    clearInterval(beating);
    await collection.deleteOne({ _id: LOCK_ID, holder }).catch(() => {});
  }
}

async function acquire(
  collection: Collection<LockDocument>,
  holder: string,
  { signal, silenceMs = SILENCE_MS }: LockOptions,
): Promise<void> {
  let seen: LockDocument | null = null;
  let seenAt = performance.now();
  while (!(await tryInsert(collection, holder))) {
    throwIfAborted(signal);
    const found = await collection.findOne({ _id: LOCK_ID });
    if (found === null) continue;
    if (found.holder !== seen?.holder || found.beats !== seen?.beats) {
      seen = found;
      seenAt = performance.now();
    } else if (performance.now() - seenAt > silenceMs && (await takeOver(collection, found, holder))) return;
    await sleep(POLL_MS * (0.5 + Math.random()));
  }
}

async function tryInsert(collection: Collection<LockDocument>, holder: string): Promise<boolean> {
  try {
    await collection.insertOne({ _id: LOCK_ID, holder, beats: 0 });
    return true;
  } catch (error) {
    if (failureOf(error) === "conflict") return false;
    throw error;
  }
}

async function takeOver(collection: Collection<LockDocument>, found: LockDocument, holder: string): Promise<boolean> {
  const dead = { _id: LOCK_ID, holder: found.holder ?? "", beats: found.beats ?? 0 };
  return (await collection.updateOne(dead, { $set: { holder, beats: 0 } })).modifiedCount === 1;
}
