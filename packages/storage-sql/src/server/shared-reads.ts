import { type EntityReading, readById } from "./server-rows.ts";
import type { SqlSession } from "./sql-session.ts";

interface Gathering<Row> {
  readonly ids: Set<string>;
  readonly rows: Promise<ReadonlyMap<string, Row>>;
}

/**
 * Reads of single rows, gathered: those that are asked for in one turn of the event loop go to the server as one query, after the last
 * of them has been asked for. A busy REST server asks for many, and to a SQL server a query costs more than a row.
 */
export class SharedReads<Row> {
  readonly #session: SqlSession;
  readonly #reading: EntityReading<Row>;
  #next: Gathering<Row> | undefined;

  constructor(session: SqlSession, reading: EntityReading<Row>) {
    this.#session = session;
    this.#reading = reading;
  }

  async one(id: string): Promise<Row | undefined> {
    this.#next ??= this.#gather();
    const { ids, rows } = this.#next;
    ids.add(id);
    return (await rows).get(id);
  }

  #gather(): Gathering<Row> {
    const ids = new Set<string>();
    const rows = new Promise<ReadonlyMap<string, Row>>((resolve, reject) => {
      setImmediate(() => {
        this.#next = undefined;
        const read = this.#session.read(
          (connection) => readById(this.#session, connection, this.#reading, [...ids]),
          undefined,
        );
        read.then(resolve, reject);
      });
    });
    return { ids, rows };
  }
}
