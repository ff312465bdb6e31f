import type { SqlSession } from "./sql-session.ts";

/**
 * What a server's transactions can see at present, as one text. It is asked for once for all callers of one turn of the event loop,
 * after the last of them has called, so that each gets an answer that is younger than his question.
 */
export class SnapshotVersion {
  readonly #session: SqlSession;
  readonly #sql: string;
  #next: Promise<string> | undefined;

  constructor(session: SqlSession, sql: string) {
    this.#session = session;
    this.#sql = sql;
  }

  read(): Promise<string> {
    this.#next ??= new Promise((resolve, reject) => {
      setImmediate(() => {
        this.#next = undefined;
        this.#session.query(this.#sql, [], undefined).then(({ rows }) => resolve(String(rows[0]?.[0])), reject);
      });
    });
    return this.#next;
  }
}
