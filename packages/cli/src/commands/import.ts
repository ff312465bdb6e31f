import { Argument, Command, Option } from "commander";
import type { CliIo } from "../cli-io.ts";
import { runImport } from "../import/run-import.ts";
import { IMPORT_FORMATS, type ImportFormat } from "../import/sources.ts";
import { HttpJson } from "../rest/http-json.ts";
import { RestClient } from "../rest/rest-client.ts";
import { watchInterrupts } from "../up/interrupts.ts";
import { parseCount, parseUrl } from "./option-values.ts";

interface ImportOptions {
  readonly format: ImportFormat;
  readonly url: string;
  readonly skipBadRows: boolean;
  readonly batch: number;
}

const HELP = `
Formats:
  movielens   a folder with ratings.csv, movies.csv and tags.csv, as GroupLens publishes it
  csv         users.csv, items.csv or feedback.csv with a header line, or a folder with some of them
  jsonl       users.jsonl, items.jsonl or feedback.jsonl with one JSON object a line, or a folder with some of them

Rows that exist are replaced, so importing twice changes nothing. Training takes new data up by itself.
A key is read from FURZE_SERVER_API_KEY.

Example:
  furze import --format movielens examples/movielens-small`;

export function importCommand(io: CliIo): Command {
  return new Command("import")
    .summary("load users, items and feedback from files")
    .description("Loads users, items and feedback from files into a running server.")
    .addOption(new Option("--format <format>", "what the files look like").choices(IMPORT_FORMATS).makeOptionMandatory())
    .addArgument(new Argument("<path>", "a file or a folder"))
    .option("--url <url>", "address of the server", parseUrl, "http://127.0.0.1:8087")
    .option("--skip-bad-rows", "pass over rows that cannot be read, and count them, instead of stopping", false)
    .option("--batch <rows>", "rows per request", parseCount, 2000)
    .addHelpText("after", HELP)
    .action((path: string, options: ImportOptions) => importFiles(path, options, io));
}

async function importFiles(path: string, options: ImportOptions, io: CliIo): Promise<void> {
  const interrupts = watchInterrupts(() => process.exit(130));
  const client = new RestClient(new HttpJson({ url: options.url, apiKey: io.env.FURZE_SERVER_API_KEY }));
  try {
    await runImport({
      format: options.format,
      path,
      client,
      batchSize: options.batch,
      skipBadRows: options.skipBadRows,
      io,
      signal: interrupts.signal,
    });
  } finally {
    interrupts.dispose();
  }
}
