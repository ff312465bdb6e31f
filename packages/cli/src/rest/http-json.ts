import { setTimeout as delay } from "node:timers/promises";
import { FurzeError, type FurzeErrorCode } from "@furze/core";

export interface HttpJsonOptions {
  /** Scheme, host and port, such as `http://127.0.0.1:8087`; a path in it is kept. */
  readonly url: string;
  /** Sent as `X-API-Key` when not empty. */
  readonly apiKey?: string | undefined;
  /** Tries of one call in all, when the server is away or answers 503. Default 7, about 6 seconds. */
  readonly attempts?: number | undefined;
}

export interface RequestOptions {
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
}

/** A server refused a call or could not be reached. `status` is undefined in the second case. */
export class RestError extends FurzeError {
  readonly status: number | undefined;

  constructor(code: FurzeErrorCode, message: string, status: number | undefined, cause?: unknown) {
    super(code, message, { retryable: code === "UNAVAILABLE", cause });
    this.status = status;
  }
}

const FIRST_DELAY_MS = 100;
const REQUEST_TIMEOUT_MS = 60_000;

/** Calls a JSON API. Only calls that may be made twice belong here: each is repeated when its connection breaks. */
export class HttpJson {
  readonly url: string;
  readonly #apiKey: string;
  readonly #attempts: number;

  constructor(options: HttpJsonOptions) {
    this.url = options.url.replace(/\/+$/, "");
    this.#apiKey = options.apiKey ?? "";
    this.#attempts = options.attempts ?? 7;
  }

  /** @throws {RestError} with the server's own text when it refuses */
  async request<Answer>(method: string, path: string, options: RequestOptions = {}): Promise<Answer> {
    for (let attempt = 1; ; attempt++) {
      try {
        return (await this.#once(method, path, options)) as Answer;
      } catch (error) {
        if (!(error instanceof RestError) || !error.retryable || attempt >= this.#attempts) throw error;
        await delay(FIRST_DELAY_MS * 2 ** (attempt - 1), undefined, { signal: options.signal });
      }
    }
  }

  async #once(method: string, path: string, { body, signal }: RequestOptions): Promise<unknown> {
    const headers: Record<string, string> = { accept: "application/json" };
    if (this.#apiKey !== "") headers["x-api-key"] = this.#apiKey;
    if (body !== undefined) headers["content-type"] = "application/json";
    const timeout = AbortSignal.timeout(REQUEST_TIMEOUT_MS);
    try {
      const response = await fetch(this.url + path, {
        method,
        headers,
        signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      if (!response.ok) throw refusal(`${method} ${this.url}${path}`, response.status, text);
      return JSON.parse(text);
    } catch (error) {
      if (error instanceof RestError || signal?.aborted) throw error;
      if (error instanceof SyntaxError)
        throw new RestError("INTERNAL", `${this.url}${path} did not answer with JSON.`, 200, error);
      throw new RestError("UNAVAILABLE", `${this.url} cannot be reached (${reasonOf(error)}).`, undefined, error);
    }
  }
}

const CODE_OF_STATUS: Readonly<Record<number, FurzeErrorCode>> = {
  400: "INVALID_ARGUMENT",
  401: "UNAUTHENTICATED",
  404: "NOT_FOUND",
  409: "CONFLICT",
  413: "LIMIT_EXCEEDED",
  429: "LIMIT_EXCEEDED",
  503: "UNAVAILABLE",
};

function refusal(call: string, status: number, text: string): RestError {
  const hint = status === 401 ? " Set FURZE_SERVER_API_KEY to the server's key." : "";
  return new RestError(CODE_OF_STATUS[status] ?? "INTERNAL", `${call} answered ${status}: ${text.trim()}.${hint}`, status);
}

/** `fetch` hides why a connection failed in the cause. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  if (typeof cause === "object" && cause !== null && "code" in cause && typeof cause.code === "string") return cause.code;
  return cause instanceof Error ? cause.message : String(cause);
}
