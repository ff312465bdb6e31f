import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const SERVICES = fileURLToPath(new URL("../../../tools/services/", import.meta.url));
const run = promisify(execFile);

/** A server of the test's own, which may be killed. Its data live in memory. */
export class MongoProcess {
  readonly #folder: string;
  readonly uri: string;

  private constructor(folder: string, uri: string) {
    this.#folder = folder;
    this.uri = uri;
  }

  /** @returns when it takes connections */
  static async start(): Promise<MongoProcess> {
    const folder = await mkdtemp(join(tmpdir(), "furze-own-mongo-"));
    const output = await callScript(folder, "start.mjs");
    return new MongoProcess(folder, output.slice(output.indexOf("=") + 1).trim());
  }

  /** Ends it at once, as a crash would. */
  async kill(): Promise<void> {
    await callScript(this.#folder, "stop.mjs", "--kill");
  }

  /** Starts it again on the same port, without its data. */
  async restart(): Promise<void> {
    await callScript(this.#folder, "start.mjs");
  }

  /** Stops it from answering, without closing anything; `resume` lets it go on. */
  async freeze(): Promise<void> {
    process.kill(await this.#pid(), "SIGSTOP");
  }

  async resume(): Promise<void> {
    process.kill(await this.#pid(), "SIGCONT");
  }

  async remove(): Promise<void> {
    await this.kill();
    await rm(this.#folder, { recursive: true });
  }

  async #pid(): Promise<number> {
    return JSON.parse(await readFile(join(this.#folder, "mongo", "state.json"), "utf8")).pid;
  }
}

async function callScript(folder: string, file: string, ...words: string[]): Promise<string> {
  const env = { ...process.env, FURZE_SERVICES_DIR: folder };
  return (await run(process.execPath, [join(SERVICES, file), "mongo", ...words], { env })).stdout;
}
