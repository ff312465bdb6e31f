import { stat } from "node:fs/promises";
import { basename, extname, join, resolve } from "node:path";
import type { CallOptions } from "@furze/core";
import {
  type FileReaderOptions,
  type InvalidRowError,
  type ReadableBatches,
  readFeedback,
  readItems,
  readMovieLens,
  readUsers,
} from "@furze/dataset/readers";
import { CliError } from "../cli-error.ts";
import type { RestClient } from "../rest/rest-client.ts";

export const IMPORT_FORMATS = ["movielens", "csv", "jsonl"] as const;
export type ImportFormat = (typeof IMPORT_FORMATS)[number];

export const PART_NAMES = ["items", "users", "feedback"] as const;
export type PartName = (typeof PART_NAMES)[number];

/** Some rows of one kind, and how they reach a server. */
export interface ImportBatch {
  readonly size: number;
  send(client: RestClient, options: CallOptions): Promise<void>;
}

/** All rows of one kind. Items and users come before the feedback that names them. */
export interface ImportPart {
  readonly name: PartName;
  /** The file that holds one row a line. */
  readonly file: string;
  readonly batches: AsyncIterable<ImportBatch>;
}

export interface SourceOptions extends CallOptions {
  readonly batchSize: number;
  readonly skipBadRows: boolean;
  readonly onBadRow: (error: InvalidRowError) => void;
}

const EXTENSIONS: Readonly<Record<"csv" | "jsonl", readonly string[]>> = {
  csv: [".csv", ".tsv"],
  jsonl: [".jsonl", ".ndjson", ".json"],
};

/**
 * Finds the files of an import. For `csv` and `jsonl` the path is one file named `users`, `items` or `feedback`, or a folder with any of them.
 *
 * @throws {CliError} when there is nothing to read
 */
export async function openSource(format: ImportFormat, path: string, options: SourceOptions): Promise<ImportPart[]> {
  const kind = await kindOf(path);
  if (kind === undefined) throw new CliError(`${resolve(path)} does not exist.`);
  if (format === "movielens") return movieLensParts(path, options);
  const files = kind === "folder" ? await filesIn(path, EXTENSIONS[format]) : fileAlone(path);
  const readerOptions: FileReaderOptions = { ...options, format: format === "csv" ? "csv" : "json-lines" };
  return PART_NAMES.flatMap((name) => {
    const file = files.get(name);
    return file === undefined ? [] : [filePart(name, file, readerOptions)];
  });
}

/** What a folder holds, by its files' names; `undefined` when it is nothing that can be imported. */
export async function detectFormat(folder: string): Promise<ImportFormat | undefined> {
  if ((await kindOf(join(folder, "ratings.csv"))) === "file") return "movielens";
  for (const format of ["csv", "jsonl"] as const) {
    const files = await filesIn(folder, EXTENSIONS[format]).catch(() => new Map());
    if (files.size > 0) return format;
  }
  return undefined;
}

async function movieLensParts(folder: string, options: SourceOptions): Promise<ImportPart[]> {
  const ratings = join(folder, "ratings.csv");
  const movies = join(folder, "movies.csv");
  for (const file of [ratings, movies, join(folder, "tags.csv")]) {
    if ((await kindOf(file)) !== "file") throw new CliError(`${file} is missing; a MovieLens folder has it.`);
  }
  const source = readMovieLens(folder, options);
  return [
    { name: "items", file: movies, batches: sending(source.items, (client, rows, call) => client.upsertItems(rows, call)) },
    { name: "users", file: ratings, batches: sending(source.users, (client, rows, call) => client.upsertUsers(rows, call)) },
    {
      name: "feedback",
      file: ratings,
      batches: sending(source.feedback, (client, rows, call) => client.overwriteFeedback(rows, call)),
    },
  ];
}

function filePart(name: PartName, file: string, options: FileReaderOptions): ImportPart {
  const batches =
    name === "items"
      ? sending(readItems(file, options), (client, rows, call) => client.upsertItems(rows, call))
      : name === "users"
        ? sending(readUsers(file, options), (client, rows, call) => client.upsertUsers(rows, call))
        : sending(readFeedback(file, options), (client, rows, call) => client.overwriteFeedback(rows, call));
  return { name, file, batches };
}

async function* sending<Row>(
  rows: ReadableBatches<Row>,
  send: (client: RestClient, rows: readonly Row[], options: CallOptions) => Promise<void>,
): AsyncGenerator<ImportBatch> {
  for await (const batch of rows) {
    yield { size: batch.length, send: (client, options) => send(client, batch, options) };
  }
}

async function filesIn(folder: string, extensions: readonly string[]): Promise<Map<PartName, string>> {
  const files = new Map<PartName, string>();
  for (const name of PART_NAMES) {
    for (const extension of extensions) {
      const file = join(folder, name + extension);
      if (!files.has(name) && (await kindOf(file)) === "file") files.set(name, file);
    }
  }
  if (files.size > 0) return files;
  throw new CliError(`${resolve(folder)} has none of ${PART_NAMES.map((name) => name + extensions[0]).join(", ")}.`);
}

function fileAlone(path: string): Map<PartName, string> {
  const stem = basename(path, extname(path));
  const name = PART_NAMES.find((candidate) => candidate === stem.toLowerCase());
  if (name !== undefined) return new Map([[name, path]]);
  throw new CliError(`The name of ${path} must be users, items or feedback, to tell what its rows are.`);
}

async function kindOf(path: string): Promise<"file" | "folder" | undefined> {
  const found = await stat(path).catch(() => undefined);
  return found === undefined ? undefined : found.isDirectory() ? "folder" : "file";
}
