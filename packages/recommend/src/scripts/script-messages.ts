import type { MessagePort } from "node:worker_threads";
import type { ScriptFailure } from "./script-error.ts";

/** What a script thread is started with. */
export interface ThreadSetup {
  /** One Int32 that is counted up when an answer lies in `answers`: the thread sleeps on it. */
  readonly bell: SharedArrayBuffer;
  readonly answers: MessagePort;
}

/** To the thread: run a script. */
export interface RunMessage {
  readonly script: string;
  readonly userId: string;
  readonly timeLimitMs: number;
  readonly memoryLimitBytes: number;
}

/** What a script asks `fetch` for. */
export interface FetchRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

export interface FetchResponse {
  readonly ok: boolean;
  readonly status: number;
  /** Code and phrase, such as `200 OK`. */
  readonly statusText: string;
  readonly body: string;
  /** By canonical name, such as `Content-Type`. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Through the port: what `fetch` returns or throws. */
export type FetchAnswer = { readonly response: FetchResponse } | { readonly error: string };

/** From the thread: a question to the network, or the end of the run. */
export type ThreadMessage =
  | { readonly type: "fetch"; readonly request: FetchRequest }
  | { readonly type: "done"; readonly itemIds: readonly string[] }
  | { readonly type: "failed"; readonly failure: ScriptFailure; readonly message: string };
