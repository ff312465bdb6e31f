import { FurzeError } from "@furze/core";
import { httpStatusOf } from "@furze/protocol/status";
import { HttpError } from "../http-error.ts";

/** What becomes of the lines or records of a file. */
export interface RowImport<Text, Row> {
  /** What a piece of the file is called, in messages. */
  readonly unit: "line" | "record";
  /** @throws {HttpError | FurzeError} of the caller's making when it is not valid */
  decode(text: Text): Row;
  /** @returns how many rows were accepted */
  store(rows: readonly Row[]): Promise<number>;
}

/** Rows of one write; so many are checked before other callers get their turn. */
const BATCH_ROWS = 5000;
/** Size of the text of one write: what is held in memory is bounded also where rows are large. */
const BATCH_SIZE = 8 * 1024 * 1024;

/** Rows of a file on their way to a store, one batch after the other. */
export class RowBatches<Text, Row> {
  readonly #target: RowImport<Text, Row>;
  #rows: Row[] = [];
  #size = 0;
  #numAdded = 0;
  /** Lines or records that are done with. */
  numStored = 0;
  /** Rows that the store has accepted. */
  numAccepted = 0;

  constructor(target: RowImport<Text, Row>) {
    this.#target = target;
  }

  /** Counts something that holds no row. */
  skip(): void {
    this.#numAdded++;
  }

  /** @throws {HttpError} for what is not valid, with its number (from 1), after all before it is stored */
  async add(text: Text, size: number): Promise<void> {
    try {
      this.#rows.push(this.#target.decode(text));
    } catch (error) {
      await this.store();
      throw prefixed(error, `${this.#target.unit} ${this.#numAdded + 1}: `);
    }
    this.#numAdded++;
    this.#size += size;
    if (this.#rows.length >= BATCH_ROWS || this.#size >= BATCH_SIZE) await this.store();
  }

  async store(): Promise<void> {
    if (this.#rows.length > 0) this.numAccepted += await this.#target.store(this.#rows);
    this.#rows = [];
    this.#size = 0;
    this.numStored = this.#numAdded;
  }
}

/** An error that the caller may see, with what had been stored before it; others as they are. */
export function withProgress(error: unknown, progress: string): unknown {
  const status = clientStatus(error);
  return status === undefined ? error : new HttpError(status, `${(error as Error).message}; ${progress}`);
}

function prefixed(error: unknown, prefix: string): unknown {
  const status = clientStatus(error);
  return status === undefined ? error : new HttpError(status, prefix + (error as Error).message);
}

/** Status of an error that the caller may see as it is. */
function clientStatus(error: unknown): number | undefined {
  const status = error instanceof HttpError ? error.status : FurzeError.is(error) ? httpStatusOf(error) : 500;
  return status < 500 ? status : undefined;
}
