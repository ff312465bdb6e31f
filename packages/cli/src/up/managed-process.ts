import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, existsSync, openSync, statSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { lastLogLines } from "./log-file.ts";

export interface ProcessSpec {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** Takes what the process prints; `undefined` lets it print to this process's stderr. */
  readonly logFile: string | undefined;
}

/**
 * One running child. It has a channel to this process, so it learns at once when this process is gone, however that happened; and
 * it is no member of the terminal's process group, so Ctrl-C reaches it only through `stop`.
 */
export class ManagedProcess {
  readonly spec: ProcessSpec;
  /** How it ended, in words: `exit code 1`, `signal SIGKILL`, or why it could not be started. Never rejects. */
  readonly ended: Promise<string>;
  readonly #child: ChildProcess;
  readonly #logStart: number;
  #isRunning = true;

  constructor(spec: ProcessSpec) {
    this.spec = spec;
    this.#logStart = spec.logFile !== undefined && existsSync(spec.logFile) ? statSync(spec.logFile).size : 0;
    const log = spec.logFile === undefined ? 2 : openSync(spec.logFile, "a");
    this.#child = spawn(spec.command, spec.args, {
      env: spec.env,
      stdio: ["ignore", log, log, "ipc"],
      detached: process.platform !== "win32",
      windowsHide: true,
    });
    if (log !== 2) closeSync(log);
    this.ended = new Promise((resolve) => {
      this.#child.once("error", (error) => resolve(`cannot be started: ${error.message}`));
      this.#child.once("exit", (code, signal) => resolve(code === null ? `signal ${signal}` : `exit code ${code}`));
    });
    void this.ended.then(() => {
      this.#isRunning = false;
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get isRunning(): boolean {
    return this.#isRunning;
  }

  /** What it printed last; nothing when it prints to the terminal. */
  lastLines(limit: number): string[] {
    return this.spec.logFile === undefined ? [] : lastLogLines(this.spec.logFile, limit, this.#logStart);
  }

  /** Asks it to end and waits; after `timeoutMs` it is killed. */
  async stop(timeoutMs: number): Promise<void> {
    if (!this.#isRunning) return;
    this.#child.kill("SIGTERM");
    const patience = new AbortController();
    const isOver = await Promise.race([
      this.ended.then(() => true),
      delay(timeoutMs, false, { signal: patience.signal }).catch(() => false),
    ]);
    patience.abort();
    if (!isOver) this.kill();
    await this.ended;
  }

  kill(): void {
    if (this.#isRunning) this.#child.kill("SIGKILL");
  }
}
