import { mkdir, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { CliError } from "../cli-error.ts";

/** Where one system keeps everything; all paths are absolute. */
export interface DataFolder {
  readonly path: string;
  readonly logs: string;
  readonly blobs: string;
}

/**
 * Makes the folder when it is missing and checks that it can be written to.
 *
 * @throws {CliError} one sentence
 */
export async function prepareDataFolder(path: string): Promise<DataFolder> {
  const root = resolve(path);
  const folder = { path: root, logs: join(root, "logs"), blobs: join(root, "blob") };
  const probe = join(root, `.write-test-${process.pid}`);
  try {
    for (const each of [root, folder.logs, folder.blobs]) await makeFolder(each);
    await writeFile(probe, "");
    await rm(probe);
  } catch (error) {
    throw new CliError(`The data folder ${root} ${whyNot(error)}; choose another one with --data.`, { cause: error });
  }
  return folder;
}

/** Like a recursive `mkdir`, which never returns on file systems that refuse new names, such as /proc. */
async function makeFolder(path: string): Promise<void> {
  if (await exists(path)) return;
  if (!(await exists(dirname(path)))) await makeFolder(dirname(path));
  await mkdir(path);
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
}

function whyNot(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === "EACCES" || code === "EPERM") return "may not be written to";
  if (code === "EROFS") return "is on a read-only file system";
  if (code === "ENOTDIR") return "is not a folder";
  if (code === "ENOSPC") return "is on a full disk";
  return `cannot be used (${code ?? String(error)})`;
}
