import { SharedReads } from "@furze/storage";
import type { SqlSession } from "./sql-session.ts";

/** There is only one. */
const KEY = "";

/**
 * What a server's transactions can see at present, as one text. It is asked for once for all callers of one turn of the event loop,
 * after the last of them has called, so that each gets an answer that is younger than his question.
 */
export class SnapshotVersion {
  readonly #shared: SharedReads<string>;

  constructor(session: SqlSession, sql: string) {
    this.#shared = new SharedReads(async () => {
      const { rows } = await session.query(sql, [], undefined);
      return new Map([[KEY, String(rows[0]?.[0])]]);
    });
  }

  read(): Promise<string> {
    return this.#shared.one(KEY) as Promise<string>;
  }

  /** Asks without waiting for the end of the turn. */
  flush(): void {
    this.#shared.flush();
  }
}
