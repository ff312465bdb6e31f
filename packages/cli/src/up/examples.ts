import { readdir, stat } from "node:fs/promises";
import { join, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { CliError } from "../cli-error.ts";

/** A folder with data and, mostly, a config that fits them. */
export interface Example {
  readonly name: string;
  readonly folder: string;
  /** `furze.toml` in the folder, if there is one. */
  readonly configFile: string | undefined;
}

const EXAMPLES_FOLDER = fileURLToPath(new URL("../../../../examples/", import.meta.url));

/**
 * Finds an example by the path of its folder or by its name among the repository's examples.
 *
 * @throws {CliError} that lists the known names
 */
export async function findExample(nameOrPath: string, examplesFolder: string = EXAMPLES_FOLDER): Promise<Example> {
  const isPath = nameOrPath.includes("/") || nameOrPath.includes(sep) || nameOrPath === ".";
  const folder = isPath ? resolve(nameOrPath) : join(examplesFolder, nameOrPath);
  if (await isFolder(folder)) {
    const configFile = join(folder, "furze.toml");
    return { name: nameOrPath, folder, configFile: (await isFile(configFile)) ? configFile : undefined };
  }
  if (isPath) throw new CliError(`The example folder ${folder} does not exist.`, { exitCode: 2 });
  const known = await knownExamples(examplesFolder);
  const list = known.length === 0 ? "" : ` Known: ${known.join(", ")}.`;
  throw new CliError(`There is no example named ${nameOrPath}.${list} Or give the path of a folder, such as ./my-data.`, {
    exitCode: 2,
  });
}

async function knownExamples(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isFile() ?? false;
}
