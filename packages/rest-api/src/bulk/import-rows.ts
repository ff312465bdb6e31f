import { FurzeError } from "@furze/core";
import { httpStatusOf } from "@furze/protocol/status";
import { HttpError } from "../http-error.ts";
import { readLines } from "./read-lines.ts";

/** What becomes of the lines of a file. */
export interface RowImport<Row> {
  /** The row of a line. @throws {HttpError | FurzeError} of the caller's making when it is not valid */
  decode(line: string): Row;
  /** @returns how many rows were accepted */
  store(rows: readonly Row[]): Promise<number>;
}

/** Rows of one write; so many are checked before other callers get their turn. */
const BATCH_ROWS = 5000;
/** Text of one write: what is held in memory is bounded also where rows are large. */
const BATCH_CHARACTERS = 8 * 1024 * 1024;

/**
 * Stores a file of JSON lines, batch by batch; empty lines are passed over. While a batch is stored nothing more is read, so a sender that is
 * faster than the store has to wait.
 *
 * @returns how many rows were accepted
 * @throws {HttpError} for a line that is not valid, with its number (from 1) and how many lines before it are stored, which all are
 */
export async function importRows<Row>(source: AsyncIterable<Uint8Array>, target: RowImport<Row>): Promise<number> {
  const batches = new Batches(target);
  try {
    for await (const lines of readLines(source)) for (const line of lines) await batches.add(line);
    await batches.store();
  } catch (error) {
    throw withProgress(error, batches.numStored);
  }
  return batches.numAccepted;
}

class Batches<Row> {
  readonly #target: RowImport<Row>;
  #rows: Row[] = [];
  #characters = 0;
  #numLines = 0;
  numStored = 0;
  numAccepted = 0;

  constructor(target: RowImport<Row>) {
    this.#target = target;
  }

  async add(line: string): Promise<void> {
    this.#numLines++;
    // Editors of some systems put a byte order mark before the first line.
    const text = this.#numLines === 1 && line.startsWith("\uFEFF") ? line.slice(1) : line;
    if (text.trim() === "") return;
    try {
      this.#rows.push(this.#target.decode(text));
    } catch (error) {
      this.#numLines--;
      await this.store();
      throw prefixed(error, `line ${this.#numLines + 1}: `);
    }
    this.#characters += text.length;
    if (this.#rows.length >= BATCH_ROWS || this.#characters >= BATCH_CHARACTERS) await this.store();
  }

  async store(): Promise<void> {
    if (this.#rows.length > 0) this.numAccepted += await this.#target.store(this.#rows);
    this.#rows = [];
    this.#characters = 0;
    this.numStored = this.#numLines;
  }
}

function prefixed(error: unknown, prefix: string): unknown {
  const status = clientStatus(error);
  return status === undefined ? error : new HttpError(status, prefix + (error as Error).message);
}

function withProgress(error: unknown, numStored: number): unknown {
  const status = clientStatus(error);
  if (status === undefined) return error;
  const stored = numStored === 1 ? "the first line is" : numStored === 0 ? "nothing is" : `the first ${numStored} lines are`;
  return new HttpError(status, `${(error as Error).message}; ${stored} stored`);
}

/** Status of an error that the caller may see as it is. */
function clientStatus(error: unknown): number | undefined {
  const status = error instanceof HttpError ? error.status : FurzeError.is(error) ? httpStatusOf(error) : 500;
  return status < 500 ? status : undefined;
}
