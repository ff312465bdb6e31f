import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const SERVICES = fileURLToPath(new URL("../../tools/services/", import.meta.url));
const run = promisify(execFile);

/** A server of this test alone, which may be killed. */
export interface OwnServer {
  readonly uri: string;
  /** Without a chance to clean up. */
  kill(): Promise<void>;
  /** On the same port, with what it has stored on disk. Resolves when it takes connections. */
  start(): Promise<void>;
  /** Stops it from answering, without closing anything; `resume` lets it go on. Resolves when it stands still. */
  freeze(): Promise<void>;
  resume(): Promise<void>;
  remove(): Promise<void>;
}

/** @param words arguments of the server's program, behind those that it gets anyway */
export async function startOwnServer(
  name: "postgres" | "mariadb" | "mongo" | "clickhouse",
  words: readonly string[] = [],
): Promise<OwnServer> {
  const folder = await mkdtemp(join(tmpdir(), "furze-own-server-"));
  const script = async (file: string, ...options: string[]) => {
    const env = { ...process.env, FURZE_SERVICES_DIR: folder, FURZE_SERVICE_ARGUMENTS: words.join(" ") };
    return (await run(process.execPath, [join(SERVICES, file), name, ...options], { env })).stdout;
  };
  const signal = async (signalName: NodeJS.Signals): Promise<number> => {
    const { pid } = JSON.parse(await readFile(join(folder, name, "state.json"), "utf8")) as { pid: number };
    process.kill(pid, signalName);
    return pid;
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
    freeze: async () => {
      const pid = await signal("SIGSTOP");
      while (!(await standsStill(pid))) await nextTurn();
    },
    resume: async () => {
      await signal("SIGCONT");
    },
    remove: async () => {
      await script("stop.mjs", "--kill");
      await rm(folder, { recursive: true });
    },
  };
}

/** The signal reaches threads one by one: those that it has not reached yet go on answering. */
async function standsStill(pid: number): Promise<boolean> {
  const threads = await readdir(`/proc/${pid}/task`);
  const stats = await Promise.all(
    threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/stat`, "utf8").catch(() => "")),
  );
  // The state stands behind the name in parentheses; a thread that has ended meanwhile has none.
  return stats.every((stat) => stat === "" || stat.slice(stat.lastIndexOf(")") + 2).startsWith("T"));
}
