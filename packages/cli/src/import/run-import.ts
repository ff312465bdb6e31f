import { basename } from "node:path";
import type { CallOptions } from "@furze/core";
import { InvalidRowError } from "@furze/dataset/readers";
import { TerminalProgress } from "@furze/telemetry";
import { CliError } from "../cli-error.ts";
import type { CliIo } from "../cli-io.ts";
import type { RestClient } from "../rest/rest-client.ts";
import { countLines } from "./count-lines.ts";
import { type ImportedRows, ImportStoppedError, importParts } from "./importer.ts";
import { type ImportFormat, type ImportPart, openSource, type PartName } from "./sources.ts";

export interface RunImportOptions extends CallOptions {
  readonly format: ImportFormat;
  readonly path: string;
  readonly client: RestClient;
  readonly batchSize: number;
  readonly skipBadRows: boolean;
  readonly io: CliIo;
}

const SHOWN_BAD_ROWS = 10;

/**
 * Imports with a progress bar and says in the end what was imported.
 *
 * @throws {CliError} that names file, line and reason when a row is broken, and what was imported before
 */
export async function runImport(options: RunImportOptions): Promise<void> {
  const { io, client, signal } = options;
  const badRows = new Set<string>();
  const onBadRow = (error: InvalidRowError) => {
    // Some files are read once for each kind of row in them: a line counts once.
    const place = placeOf(error);
    if (badRows.has(place)) return;
    badRows.add(place);
    if (badRows.size <= SHOWN_BAD_ROWS) io.error(`Skipped ${place}: ${error.reason}.`);
  };
  const parts = await openSource(options.format, options.path, { ...options, onBadRow });
  const startMs = performance.now();
  const bars = new Bars(io, await countRows(parts, signal));
  try {
    const imported = await importParts(parts, client, { signal, onProgress: (part, { done }) => bars.update(part, done) });
    bars.finish();
    const seconds = (performance.now() - startMs) / 1000;
    io.out(summary(imported, seconds, badRows.size));
  } catch (error) {
    bars.finish();
    throw error instanceof ImportStoppedError ? stopped(error) : error;
  }
}

/** One bar for each kind of row, one below the other. */
class Bars {
  readonly #io: CliIo;
  readonly #totals: ReadonlyMap<PartName, number>;
  #current: { readonly part: PartName; readonly bar: TerminalProgress } | undefined;

  constructor(io: CliIo, totals: ReadonlyMap<PartName, number>) {
    this.#io = io;
    this.#totals = totals;
  }

  update(part: PartName, done: number): void {
    if (this.#current?.part !== part) {
      this.finish();
      this.#current = { part, bar: new TerminalProgress({ label: `  ${part.padEnd(8)}`, stream: this.#io.progress }) };
    }
    this.#current?.bar.update({ done, total: Math.max(done, this.#totals.get(part) ?? 0) });
  }

  finish(): void {
    this.#current?.bar.finish();
    this.#current = undefined;
  }
}

/** Rows expected of each kind. Users of a file that lists them once per rating cannot be counted without reading it. */
async function countRows(parts: readonly ImportPart[], signal: AbortSignal | undefined): Promise<Map<PartName, number>> {
  const totals = new Map<PartName, number>();
  for (const { name, file } of parts) {
    const isShared = name === "users" && parts.some((other) => other.name !== name && other.file === file);
    if (isShared) continue;
    const lines = await countLines(file, signal);
    totals.set(name, /\.(csv|tsv)$/i.test(file) ? Math.max(0, lines - 1) : lines);
  }
  return totals;
}

function stopped({ imported, cause }: ImportStoppedError): unknown {
  const before = `${countsOf(imported)} were imported before; nothing after.`;
  if (cause instanceof InvalidRowError) {
    const advice = "Correct the line, or pass over such lines with --skip-bad-rows. Importing again doubles nothing.";
    return new CliError(`${placeOf(cause)}: ${cause.reason}.\n${before} ${advice}`, { cause });
  }
  if (cause instanceof Error && cause.name !== "AbortError") return new CliError(`${cause.message}\n${before}`, { cause });
  return cause;
}

function placeOf({ file, line }: InvalidRowError): string {
  return `${basename(file)}, line ${line}`;
}

function summary(imported: ImportedRows, seconds: number, badRows: number): string {
  const rows = imported.items + imported.users + imported.feedback;
  const rate = count(Math.round(rows / Math.max(seconds, 0.001)));
  const skipped = badRows === 0 ? "" : ` ${count(badRows)} bad rows were skipped.`;
  return `Imported ${countsOf(imported)} in ${seconds.toFixed(1)} s (${rate} rows/s).${skipped}`;
}

function countsOf({ items, users, feedback }: ImportedRows): string {
  return `${count(items)} items, ${count(users)} users and ${count(feedback)} feedback rows`;
}

function count(value: number): string {
  return value.toLocaleString("en-US");
}
