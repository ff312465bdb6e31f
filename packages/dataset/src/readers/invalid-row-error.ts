import { FurzeError } from "@furze/core";

/** A row of a data file cannot become a record. */
export class InvalidRowError extends FurzeError {
  readonly file: string;
  /** Line of the file where the row ends, counted from 1. */
  readonly line: number;
  readonly reason: string;

  constructor(row: { readonly file: string; readonly line: number; readonly reason: string; readonly cause?: unknown }) {
    super("INVALID_ARGUMENT", `${row.file}:${row.line}: ${row.reason}`, { cause: row.cause });
    this.file = row.file;
    this.line = row.line;
    this.reason = row.reason;
  }
}
