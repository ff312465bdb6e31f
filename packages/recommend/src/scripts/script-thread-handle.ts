import { MessageChannel, type MessagePort, Worker } from "node:worker_threads";
import { fetchForScript, type ScriptFetchOptions } from "./script-fetch.ts";
import type { FetchRequest, RunMessage, ThreadMessage, ThreadSetup } from "./script-messages.ts";

export type RunEnd = Exclude<ThreadMessage, { readonly type: "fetch" }>;

interface Run {
  readonly options: ScriptFetchOptions;
  readonly settle: (end: RunEnd) => void;
}

const threadUrl = new URL(import.meta.url.endsWith(".ts") ? "./script-thread.ts" : "./script-thread.js", import.meta.url);

/** One thread that runs scripts, one after another, and the network for them. */
export class ScriptThread {
  readonly #worker: Worker;
  readonly #bell = new Int32Array(new SharedArrayBuffer(4));
  readonly #answers: MessagePort;
  #run: Run | undefined;
  #isUsable = true;

  constructor() {
    const { port1, port2 } = new MessageChannel();
    this.#answers = port1;
    const setup: ThreadSetup = { bell: this.#bell.buffer, answers: port2 };
    this.#worker = new Worker(threadUrl, { workerData: setup, transferList: [port2], name: "furze-script", execArgv: [] });
    this.#worker.on("message", (message: ThreadMessage) => this.#receive(message));
    this.#worker.on("error", (error) => this.#died(error instanceof Error ? error.message : String(error)));
    this.#worker.on("exit", () => this.#died("its thread has ended"));
    this.#worker.unref();
    this.#answers.unref();
  }

  /** False once it has ended or a script has reached a limit in it: what such a script leaves behind is not trusted. */
  get isUsable(): boolean {
    return this.#isUsable;
  }

  /** Runs a script; one at a time. When `options.signal` aborts, the thread is ended and the reason thrown. */
  async run(message: RunMessage, options: ScriptFetchOptions): Promise<RunEnd> {
    const { promise, resolve, reject } = Promise.withResolvers<RunEnd>();
    const stop = (): void => {
      void this.end();
      reject(options.signal.reason);
    };
    options.signal.addEventListener("abort", stop, { once: true });
    this.#run = { options, settle: resolve };
    this.#worker.ref();
    this.#worker.postMessage(message);
    try {
      return await promise;
    } finally {
      options.signal.removeEventListener("abort", stop);
      this.#run = undefined;
      this.#worker.unref();
    }
  }

  async end(): Promise<void> {
    this.#isUsable = false;
    this.#answers.close();
    await this.#worker.terminate();
  }

  #receive(message: ThreadMessage): void {
    if (message.type === "fetch") {
      void this.#answer(message.request);
      return;
    }
    if (message.type === "failed" && message.failure.endsWith("-limit")) void this.end();
    this.#run?.settle(message);
  }

  async #answer(request: FetchRequest): Promise<void> {
    const options = this.#run?.options;
    if (options === undefined) return;
    const answer = await fetchForScript(request, options);
    if (!this.#isUsable) return;
    this.#answers.postMessage(answer);
    Atomics.add(this.#bell, 0, 1);
    Atomics.notify(this.#bell, 0);
  }

  #died(reason: string): void {
    this.#isUsable = false;
    this.#run?.settle({ type: "failed", failure: "ended", message: reason });
  }
}
