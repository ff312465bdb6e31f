import { randomUUID } from "node:crypto";
import { systemClock } from "@furze/core";
import type { SqlConnection, SqlDialect } from "./sql-driver.ts";
import type { SqlSession } from "./sql-session.ts";

/** Batches whose fate their writer knows are taken out together. */
const FINISHED_AT_ONCE = 64;
/** No writer tries again after that. */
const FORGET_AFTER_MS = 24 * 3_600_000;
/** Digits of the time in base 36 at the begin of an id: enough until the year 5188. */
const TIME_DIGITS = 9;

/**
 * Tells batches that are stored from those that are not when the connection broke while they were being committed: each writes its id in
 * its own transaction. Ids sort by time.
 */
export class BatchLedger {
  readonly #table: string;
  readonly #dialect: SqlDialect;
  #finished: string[] = [];

  constructor(table: string, dialect: SqlDialect) {
    this.#table = table;
    this.#dialect = dialect;
  }

  newBatchId(): string {
    return timeDigits(systemClock.now()) + randomUUID();
  }

  /** Writes the id. @returns false when an earlier try of the batch has been committed; waits for one whose fate is open */
  async claim(connection: SqlConnection, batchId: string): Promise<boolean> {
    const sql = this.#dialect.insertSelected(this.#table, "batch_id", "SELECT ? AS batch_id");
    const { changes } = await connection.query(sql, [batchId]);
    if (changes === 0) return false;
    if (this.#finished.length < FINISHED_AT_ONCE) return true;
    const finished = this.#finished;
    this.#finished = [];
    // Those of a transaction that fails after this are left to `forget`.
    await connection.query(`DELETE FROM ${this.#table} WHERE ${this.#dialect.in("batch_id")}`, [finished]);
    return true;
  }

  /** Nobody will ask for the batch again. */
  finish(batchId: string): void {
    this.#finished.push(batchId);
  }
}

/** Takes out ids that processes left behind. */
export async function forgetBatches(session: SqlSession, table: string): Promise<void> {
  const sql = `DELETE FROM ${table} WHERE batch_id < ?`;
  await session.transaction(
    (connection) => connection.query(sql, [timeDigits(systemClock.now() - FORGET_AFTER_MS)]),
    undefined,
  );
}

function timeDigits(timeMs: number): string {
  return timeMs.toString(36).padStart(TIME_DIGITS, "0");
}
