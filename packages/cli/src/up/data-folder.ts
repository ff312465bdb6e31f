import { mkdir, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
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
    await mkdir(folder.logs, { recursive: true });
    await mkdir(folder.blobs, { recursive: true });
    await writeFile(probe, "");
    await rm(probe);
  } catch (error) {
    throw new CliError(`The data folder ${root} ${whyNot(error)}; choose another one with --data.`, { cause: error });
  }
  return folder;
}

function whyNot(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === "EACCES" || code === "EPERM") return "may not be written to";
  if (code === "EROFS") return "is on a read-only file system";
  if (code === "ENOTDIR" || code === "EEXIST") return "is not a folder";
  if (code === "ENOSPC") return "is on a full disk";
  return `cannot be used (${code ?? String(error)})`;
}
