import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const SCRIPT = fileURLToPath(new URL("../../packages/rest-api/test/serve-process.ts", import.meta.url));

/** The REST API in a process of its own, over SQLite stores that it throws away. */
export class ApiProcess {
  readonly address: string;
  readonly #child: ChildProcess;
  readonly #errors: string[];

  private constructor(address: string, child: ChildProcess, errors: string[]) {
    this.address = address;
    this.#child = child;
    this.#errors = errors;
  }

  /** @param options as `ServeOptions` of the script; @param nodeFlags of the process, besides those it needs */
  static async start(options: object = {}, nodeFlags: readonly string[] = []): Promise<ApiProcess> {
    const execArgv = ["--conditions=@furze/source", "--disable-warning=ExperimentalWarning", "--expose-gc", ...nodeFlags];
    const child = fork(SCRIPT, [JSON.stringify(options)], { execArgv, stdio: ["ignore", "ignore", "pipe", "ipc"] });
    const errors: string[] = [];
    child.stderr?.on("data", (chunk) => errors.push(String(chunk)));
    const [message] = (await Promise.race([
      once(child, "message"),
      once(child, "exit").then(() => Promise.reject(new Error(`the API process has ended:\n${errors.join("")}`))),
    ])) as [{ address: string }];
    return new ApiProcess(message.address, child, errors);
  }

  get port(): number {
    return Number(new URL(this.address).port);
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** What it has logged as errors. */
  get errors(): string {
    return this.#errors.join("");
  }

  /** Memory that it holds after a garbage collection, in bytes. */
  async rssBytes(): Promise<number> {
    const answer = once(this.#child, "message");
    this.#child.send("memory");
    const [{ rssBytes }] = (await answer) as [{ rssBytes: number }];
    return rssBytes;
  }

  async stop(): Promise<void> {
    if (!this.isRunning) return;
    const ended = once(this.#child, "exit");
    this.#child.disconnect();
    await ended;
  }
}
