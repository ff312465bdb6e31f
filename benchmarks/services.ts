import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const TOOLS = fileURLToPath(new URL("../tools/services/", import.meta.url));

export interface ServiceOptions {
  /** Folder whose data stay for the next run. Default: one of its own, which is removed. */
  readonly keepIn?: string | undefined;
}

/**
 * Runs work on a throwaway server of its own (see tools/services), then stops it and removes its data unless they are to be kept.
 *
 * @param run given the address of the server and its process, the parent of all that belong to it
 *
 * Yields nothing where the server is not to be had, after a line that says so.
 */
export async function* withService<Row>(
  name: string,
  run: (url: string, pid: number) => AsyncIterable<Row>,
  { keepIn }: ServiceOptions = {},
): AsyncIterable<Row> {
  const folder = keepIn ?? mkdtempSync(join(tmpdir(), "furze-bench-"));
  const env = { ...process.env, FURZE_SERVICES_DIR: folder };
  const tool = (script: string) => spawnSync(process.execPath, [join(TOOLS, script), name], { env, encoding: "utf8" });
  try {
    const { status, stdout, stderr } = tool("start.mjs");
    const url = /^[A-Z_]+=(\S+)$/m.exec(stdout)?.[1];
    if (status !== 0 || url === undefined) {
      process.stderr.write(`${name} is left out: ${stderr.trim().split("\n").at(-1)}\n`);
      return;
    }
    const { pid } = JSON.parse(readFileSync(join(folder, name, "state.json"), "utf8")) as { pid: number };
    yield* run(url, pid);
  } finally {
    tool("stop.mjs");
    if (keepIn === undefined) rmSync(folder, { recursive: true, force: true });
  }
}
