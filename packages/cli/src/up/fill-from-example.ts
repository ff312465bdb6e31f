import { existsSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { CliError } from "../cli-error.ts";
import type { CliIo } from "../cli-io.ts";
import { runImport } from "../import/run-import.ts";
import { detectFormat } from "../import/sources.ts";
import type { RestClient } from "../rest/rest-client.ts";
import type { DataFolder } from "./data-folder.ts";
import type { Example } from "./examples.ts";

export interface FillOptions {
  readonly example: Example;
  readonly folder: DataFolder;
  readonly client: RestClient;
  readonly io: CliIo;
  readonly signal: AbortSignal;
}

const BATCH_SIZE = 2000;

/**
 * Imports an example, unless the store has items already. An import that was cut off is done again, which doubles nothing.
 *
 * @returns whether data were imported
 */
export async function fillFromExample({ example, folder, client, io, signal }: FillOptions): Promise<boolean> {
  const mark = join(folder.path, "import-unfinished");
  if (!existsSync(mark) && (await client.hasItems({ signal }))) {
    io.out(`There are data already: they are kept, and the example ${example.name} is not imported again.`);
    return false;
  }
  const format = await detectFormat(example.folder);
  if (format === undefined)
    throw new CliError(`The folder ${example.folder} holds no data that can be imported.`, { exitCode: 2 });
  io.out(`Importing ${example.name}:`);
  await writeFile(mark, example.folder);
  await runImport({ format, path: example.folder, client, batchSize: BATCH_SIZE, skipBadRows: false, io, signal });
  await rm(mark);
  return true;
}
