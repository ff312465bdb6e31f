import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { throwIfAborted } from "@furze/core";
import { type CsvError, parse } from "csv-parse";
import { InvalidRowError } from "./invalid-row-error.ts";
import type { FileReaderOptions, ReaderOptions } from "./reader-options.ts";

/** A row before its fields have types: column names as in the file. */
export interface RawRow {
  readonly line: number;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Rows of a CSV file with a header, or of a file with one JSON object per line. */
export function rawRows(file: string, options: FileReaderOptions): AsyncGenerator<RawRow> {
  const format = options.format ?? (/\.(jsonl|ndjson|json)$/i.test(file) ? "json-lines" : "csv");
  return format === "csv" ? csvRows(file, options) : jsonRows(file, options);
}

/** Hands a bad row to the caller, or throws it when bad rows are not to be passed over. */
export function reportBadRow(error: InvalidRowError, options: ReaderOptions): void {
  if (options.skipBadRows !== true) throw error;
  options.onBadRow?.(error);
}

export async function* csvRows(file: string, options: FileReaderOptions): AsyncGenerator<RawRow> {
  const source = createReadStream(file);
  let lastSkipped = 0;
  const parser = parse({
    bom: true,
    delimiter: options.delimiter ?? (/\.tsv$/i.test(file) ? "\t" : ","),
    relax_column_count: true,
    skip_empty_lines: true,
    skip_records_with_error: options.skipBadRows ?? false,
    info: true,
    on_skip: (error) => {
      // What is left of a broken line may fail again: one line counts once.
      const row = error === undefined ? undefined : csvError(file, error);
      if (row !== undefined && row.line !== lastSkipped) options.onBadRow?.(row);
      lastSkipped = row?.line ?? lastSkipped;
      return undefined;
    },
  });
  // A failing file must end the parser too, and an abandoned reading must close the file.
  source.on("error", (error) => parser.destroy(error));
  source.pipe(parser);
  let header: readonly string[] | undefined;
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: { lines: number } }>) {
      if (header === undefined) {
        header = record.map((name) => name.trim());
        continue;
      }
      const line = info.lines;
      if (record.length !== header.length) {
        const reason = `has ${record.length} columns where the header has ${header.length}`;
        reportBadRow(new InvalidRowError({ file, line, reason }), options);
        continue;
      }
      const fields: Record<string, unknown> = {};
      for (let i = 0; i < header.length; i++) fields[header[i] ?? ""] = record[i];
      yield { line, fields };
    }
  } catch (error) {
    if (isCsvError(error)) throw csvError(file, error);
    throw error;
  } finally {
    source.destroy();
  }
}

async function* jsonRows(file: string, options: FileReaderOptions): AsyncGenerator<RawRow> {
  const source = createReadStream(file);
  let line = 0;
  try {
    for await (const text of createInterface({ input: source, crlfDelay: Number.POSITIVE_INFINITY })) {
      line++;
      if (text.trim() === "") continue;
      const fields = parseObject(text);
      if (typeof fields === "string") reportBadRow(new InvalidRowError({ file, line, reason: fields }), options);
      else yield { line, fields };
    }
  } finally {
    source.destroy();
  }
}

/** The object in a line of JSON, or the reason why there is none. */
function parseObject(text: string): Record<string, unknown> | string {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
    return "is not a JSON object";
  } catch (error) {
    return `is not JSON: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** Turns rows into records in batches; rows that `convert` refuses with a reason are bad rows. */
export async function* recordBatches<Row>(
  file: string,
  rows: AsyncIterable<RawRow>,
  convert: (row: RawRow) => Row | undefined,
  options: ReaderOptions,
): AsyncGenerator<readonly Row[]> {
  const batchSize = options.batchSize ?? 1000;
  let batch: Row[] = [];
  throwIfAborted(options.signal);
  for await (const row of rows) {
    const record = tryConvert(file, row, convert, options);
    if (record === undefined) continue;
    batch.push(record);
    if (batch.length < batchSize) continue;
    throwIfAborted(options.signal);
    yield batch;
    batch = [];
  }
  throwIfAborted(options.signal);
  if (batch.length > 0) yield batch;
}

function tryConvert<Row>(
  file: string,
  row: RawRow,
  convert: (row: RawRow) => Row | undefined,
  options: ReaderOptions,
): Row | undefined {
  try {
    return convert(row);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    reportBadRow(new InvalidRowError({ file, line: row.line, reason, cause }), options);
    return undefined;
  }
}

function isCsvError(error: unknown): error is CsvError {
  return error instanceof Error && "code" in error && String(error.code).startsWith("CSV_");
}

function csvError(file: string, error: CsvError): InvalidRowError {
  const line = "lines" in error && typeof error.lines === "number" ? error.lines : 0;
  return new InvalidRowError({ file, line, reason: error.message, cause: error });
}
