import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const TOOLS = fileURLToPath(new URL("../tools/services/", import.meta.url));

/**
 * Runs work on a throwaway server of its own (see tools/services), then stops it and removes its data.
 *
 * Yields nothing where the server is not to be had, after a line that says so.
 */
export async function* withService<Row>(name: string, run: (url: string) => AsyncIterable<Row>): AsyncIterable<Row> {
  const folder = mkdtempSync(join(tmpdir(), "furze-bench-"));
  const env = { ...process.env, FURZE_SERVICES_DIR: folder };
  const tool = (script: string) => spawnSync(process.execPath, [join(TOOLS, script), name], { env, encoding: "utf8" });
  try {
    const { status, stdout, stderr } = tool("start.mjs");
    const url = /^[A-Z_]+=(\S+)$/m.exec(stdout)?.[1];
    if (status !== 0 || url === undefined) {
      process.stderr.write(`${name} is left out: ${stderr.trim().split("\n").at(-1)}\n`);
      return;
    }
    yield* run(url);
  } finally {
    tool("stop.mjs");
    rmSync(folder, { recursive: true, force: true });
  }
}
