import { spawnSync } from "node:child_process";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const packageFolder = dirname(fileURLToPath(import.meta.url));

/** Root of the repository, where `proto/` is. */
export const root = join(packageFolder, "..", "..");

/** Runs buf at the root of the repository, with the plugins of this package; ends the process when buf fails. */
export function runBuf(...args) {
  const path = [join(packageFolder, "node_modules", ".bin"), dirname(process.execPath), process.env.PATH ?? ""].join(delimiter);
  const { status, error } = spawnSync("buf", args, { cwd: root, env: { ...process.env, PATH: path }, stdio: "inherit" });
  if (error !== undefined) throw error;
  if (status !== 0) process.exit(status ?? 1);
}
