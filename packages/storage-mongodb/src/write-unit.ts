import { setTimeout as sleep } from "node:timers/promises";
import { throwIfAborted } from "@furze/core";
import type { AnyBulkWriteOperation, ClientSession, Collection } from "mongodb";
import { chunkList } from "./chunk-list.ts";
import { failureOf } from "./mongo-errors.ts";

/** Every document has a text for an id. */
export interface MongoRow {
  readonly _id: string;
}

/** Operations of one bulk command. */
const CHUNK_OPERATIONS = 2500;
/** Commands under way at once. */
const NUM_LANES = 2;
const MAX_CONFLICTS = 20;
const MAX_CONFLICT_DELAY_MS = 50;

/** What a driver's call takes to be a part of the unit. */
export interface UnitOptions {
  readonly session?: ClientSession;
}

export interface ChangeOptions {
  /** Whether doing it twice is the same as once. */
  readonly isRepeatable: boolean;
}

/** One attempt at a write: inside a transaction where the server has them, command by command elsewhere. */
export class WriteUnit {
  /** Goes into every call of the driver that belongs to the unit. */
  readonly options: UnitOptions;
  readonly #signal: AbortSignal | undefined;
  /** Set while the server decides about the transaction: waiting tells what became of it, breaking off would not. */
  isCommitting = false;
  #hasBegun = false;
  #hasLeftTraces = false;

  constructor(session: ClientSession | undefined, signal: AbortSignal | undefined) {
    this.options = session === undefined ? {} : { session };
    this.#signal = signal;
  }

  /** Whether an abort still ends the unit. Without a transaction it does until the first change: what has begun is brought to its end. */
  get isAbortable(): boolean {
    return this.options.session === undefined ? !this.#hasBegun : !this.isCommitting;
  }

  /** Whether something that must not be done twice may be stored, by a unit that has failed. */
  get hasLeftTraces(): boolean {
    return this.#hasLeftTraces && this.options.session === undefined;
  }

  /** Runs one command that changes something. */
  async change<T>(run: (options: UnitOptions) => Promise<T>, { isRepeatable }: ChangeOptions): Promise<T> {
    if (this.isAbortable) throwIfAborted(this.#signal);
    this.#hasBegun = true;
    try {
      const result = await run(this.options);
      this.#hasLeftTraces ||= !isRepeatable;
      return result;
    } catch (error) {
      this.#hasLeftTraces ||= !isRepeatable && failureOf(error) !== "unsent";
      throw error;
    }
  }

  /** Runs calls that do not depend on each other at once; a transaction takes one after another. */
  async sideBySide<T>(calls: readonly (() => Promise<T>)[]): Promise<T[]> {
    if (this.options.session === undefined) return Promise.all(calls.map((call) => call()));
    const results: T[] = [];
    for (const call of calls) results.push(await call());
    return results;
  }

  /**
   * Runs operations on different documents, in no particular order; those that collide with other writers are repeated.
   * Outside a transaction, which is one command after another, the next chunk is encoded while the server works on the last.
   */
  async bulk<Row extends MongoRow>(
    collection: Collection<Row>,
    operations: readonly AnyBulkWriteOperation<Row>[],
    options: ChangeOptions,
  ): Promise<void> {
    const chunks = chunkList(operations, CHUNK_OPERATIONS);
    let hasFailed = false;
    const lane = async () => {
      for (const chunk of chunks) {
        if (hasFailed) return;
        await this.#bulkChunk(collection, chunk, options).catch((error) => {
          hasFailed = true;
          throw error;
        });
      }
    };
    const numLanes = this.options.session === undefined ? NUM_LANES : 1;
    // No lane may be under way any more when the unit is repeated.
    const ends = await Promise.allSettled(Array.from({ length: numLanes }, lane));
    for (const end of ends) if (end.status === "rejected") throw end.reason;
  }

  async #bulkChunk<Row extends MongoRow>(
    collection: Collection<Row>,
    chunk: readonly AnyBulkWriteOperation<Row>[],
    options: ChangeOptions,
  ): Promise<void> {
    let rest = chunk;
    for (let conflicts = 0; rest.length > 0; conflicts++) {
      if (conflicts > 0) await sleep(Math.random() * MAX_CONFLICT_DELAY_MS);
      const current = rest;
      const failed = await this.change((unit) => runBulk(collection, current, unit, conflicts < MAX_CONFLICTS), options);
      rest = failed.map((index) => current[index]).filter((operation) => operation !== undefined);
    }
  }
}

/**
 * Two upserts that create one document at the same time make one of them fail.
 *
 * @returns the places of operations to repeat. Inside a transaction there is no repeating: the first conflict ends it.
 */
async function runBulk<Row extends MongoRow>(
  collection: Collection<Row>,
  chunk: readonly AnyBulkWriteOperation<Row>[],
  unit: UnitOptions,
  mayRepeat: boolean,
): Promise<number[]> {
  try {
    await collection.bulkWrite(chunk, { ...unit, ordered: false });
    return [];
  } catch (error) {
    const failures = writeErrorsOf(error);
    const areConflicts = failures.length > 0 && failures.every((failure) => failure.code === 11_000 || failure.code === 112);
    if (unit.session !== undefined || !mayRepeat || !areConflicts) throw reasonOf(error);
    return failures.map((failure) => failure.index);
  }
}

/** A connection that breaks comes wrapped as an answer of the server. */
function reasonOf(error: unknown): unknown {
  return error instanceof Error && "errorResponse" in error && error.errorResponse instanceof Error
    ? error.errorResponse
    : error;
}

interface WriteFailure {
  readonly index: number;
  readonly code: number;
}

function writeErrorsOf(error: unknown): readonly WriteFailure[] {
  if (!(error instanceof Error) || error.name !== "MongoBulkWriteError" || !("writeErrors" in error)) return [];
  return [error.writeErrors].flat() as WriteFailure[];
}
