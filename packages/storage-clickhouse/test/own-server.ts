import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const SERVICES = fileURLToPath(new URL("../../../tools/services/", import.meta.url));
const run = promisify(execFile);

/** A server of this test alone, which may be killed. */
export interface OwnServer {
  readonly uri: string;
  /** Without a chance to clean up. */
  kill(): Promise<void>;
  /** On the same port, with the same data. */
  start(): Promise<void>;
  remove(): Promise<void>;
}

export async function startOwnServer(): Promise<OwnServer> {
  const folder = await mkdtemp(join(tmpdir(), "furze-own-clickhouse-"));
  const script = async (file: string, ...words: string[]) => {
    const env = { ...process.env, FURZE_SERVICES_DIR: folder };
    return (await run(process.execPath, [join(SERVICES, file), "clickhouse", ...words], { env })).stdout;
  };
  const output = await script("start.mjs");
  return {
    uri: output.slice(output.indexOf("=") + 1).trim(),
    kill: async () => {
      await script("stop.mjs", "--kill");
    },
    start: async () => {
      await script("start.mjs");
    },
    remove: async () => {
      await script("stop.mjs", "--kill");
      await rm(folder, { recursive: true });
    },
  };
}
