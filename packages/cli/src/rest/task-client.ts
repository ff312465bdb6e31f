import type { CallOptions } from "@furze/core";
import type { HttpJson } from "./http-json.ts";
import type { WireTask } from "./wire.ts";

/** The master's routes about its background tasks. */
export class TaskClient {
  readonly #http: HttpJson;

  constructor(http: HttpJson) {
    this.#http = http;
  }

  async tasks(options: CallOptions = {}): Promise<readonly WireTask[]> {
    return (await this.#http.request<readonly WireTask[] | null>("GET", "/api/dashboard/tasks", options)) ?? [];
  }

  /** Starts a training cycle. @returns false when one is under way, which may have read the data before they changed */
  async run(options: CallOptions = {}): Promise<boolean> {
    const answer = await this.#http.request<{ Started: boolean }>("POST", "/api/dashboard/tasks/run", options);
    return answer.Started;
  }
}
