import { FurzeClientError } from "./furze-client-error.ts";
import {
  type ApiCall,
  type CallOptions,
  type FeedbackAnswer,
  type ItemAnswer,
  Operations,
  type QueryValue,
  type Recommendation,
  type RecommendQuery,
  type UserAnswer,
} from "./generated/operations.ts";

export interface FurzeClientOptions {
  /** Where the server listens, such as `http://127.0.0.1:8087`; a path in it stands before those of the API. */
  readonly address: string;
  /** Sent as `X-API-Key`. Default: none. */
  readonly apiKey?: string | undefined;
  /** Longest time that a call may take, in milliseconds. Default 30,000. */
  readonly timeoutMs?: number | undefined;
  /** Default: the `fetch` of the runtime. */
  readonly fetch?: typeof fetch | undefined;
}

const DEFAULT_TIMEOUT_MS = 30_000;
/** Rows of a page when all rows are walked through. */
const PAGE_SIZE = 1000;

/**
 * Calls the REST API of a Furze server or master. A method gives what the server answers with 200, and throws otherwise;
 * nothing is tried twice. Names of fields are those on the wire.
 */
export class FurzeClient extends Operations {
  readonly #address: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #timeoutMs: number;
  readonly #fetch: typeof fetch;

  /** @throws {FurzeClientError} `INVALID_ARGUMENT` for an address that is no `http` or `https` URL */
  constructor({ address, apiKey = "", timeoutMs = DEFAULT_TIMEOUT_MS, fetch: ownFetch }: FurzeClientOptions) {
    super();
    if (!/^https?:$/.test(URL.parse(address)?.protocol ?? "")) {
      throw new FurzeClientError(
        "INVALID_ARGUMENT",
        `address must begin with http:// or https://, got ${JSON.stringify(address)}`,
      );
    }
    this.#address = address.replace(/\/+$/, "");
    this.#headers = apiKey === "" ? {} : { "X-API-Key": apiKey };
    this.#timeoutMs = timeoutMs;
    // Browsers refuse a fetch that is called as a method of something else.
    this.#fetch = ownFetch ?? ((...request) => fetch(...request));
  }

  /** With `details` scores, sources and the model of each item, otherwise ids. Never fails for an unknown user. */
  override recommend(
    userId: string,
    query: RecommendQuery & { readonly details: true },
    options?: CallOptions,
  ): Promise<readonly Recommendation[]>;
  override recommend(
    userId: string,
    query?: RecommendQuery & { readonly details?: false },
    options?: CallOptions,
  ): Promise<readonly string[]>;
  override recommend(
    userId: string,
    query: RecommendQuery = {},
    options?: CallOptions,
  ): Promise<readonly string[] | readonly Recommendation[]> {
    return super.recommend(userId, query, options);
  }

  /** All users in order of their ids, page by page. Errors as `listUsers`. */
  async *users(options?: CallOptions): AsyncGenerator<UserAnswer, void> {
    yield* rowsOf(async (cursor) => {
      const page = await this.listUsers({ n: PAGE_SIZE, cursor }, options);
      return { rows: page.Users, next: page.Cursor };
    });
  }

  /** All items in order of their ids, page by page. Errors as `listItems`. */
  async *items(options?: CallOptions): AsyncGenerator<ItemAnswer, void> {
    yield* rowsOf(async (cursor) => {
      const page = await this.listItems({ n: PAGE_SIZE, cursor }, options);
      return { rows: page.Items, next: page.Cursor };
    });
  }

  /** All feedback in order of type, user and item, page by page. Errors as `listFeedback`. */
  async *feedback(options?: CallOptions): AsyncGenerator<FeedbackAnswer, void> {
    yield* rowsOf(async (cursor) => {
      const page = await this.listFeedback({ n: PAGE_SIZE, cursor }, options);
      return { rows: page.Feedback, next: page.Cursor };
    });
  }

  protected override async send<Answer>(call: ApiCall, options: CallOptions = {}): Promise<Answer> {
    const timeout = AbortSignal.timeout(this.#timeoutMs);
    const signal = options.signal === undefined ? timeout : AbortSignal.any([options.signal, timeout]);
    const body = call.body === undefined ? {} : { body: JSON.stringify(call.body) };
    const headers = { ...this.#headers, ...(call.body === undefined ? {} : { "Content-Type": "application/json" }) };
    const what = `${call.method} ${call.path}`;
    try {
      const url = this.#address + call.path + queryText(call.query ?? {});
      const response = await this.#fetch(url, { method: call.method, headers, signal, ...body });
      return (await readAnswer(response, what)) as Answer;
    } catch (error) {
      if (FurzeClientError.is(error)) throw error;
      options.signal?.throwIfAborted();
      if (timeout.aborted) {
        throw new FurzeClientError("TIMEOUT", `${what}: no answer within ${this.#timeoutMs} ms`, { cause: error });
      }
      throw new FurzeClientError("CONNECTION", `${what}: ${this.#address} does not answer`, { cause: error });
    }
  }

  protected override escape(part: string): string {
    // Every URL parser takes these for steps in a path, escaped or not.
    if (part === "" || part === "." || part === "..") {
      throw new FurzeClientError("INVALID_ARGUMENT", `${JSON.stringify(part)} cannot be part of an address`);
    }
    return encodeURIComponent(part);
  }
}

async function readAnswer(response: Response, what: string): Promise<unknown> {
  const text = await response.text();
  const details = { status: response.status, requestId: response.headers.get("x-request-id") ?? undefined };
  if (response.status !== 200) throw new FurzeClientError("HTTP", text || `${what}: status ${response.status}`, details);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new FurzeClientError("INVALID_ANSWER", `${what}: the answer is no JSON`, { ...details, cause });
  }
}

function queryText(query: Readonly<Record<string, QueryValue>>): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined) continue;
    for (const one of Array.isArray(value) ? value : [value]) parameters.append(name, String(one));
  }
  return parameters.size === 0 ? "" : `?${parameters}`;
}

interface PageOf<Row> {
  readonly rows: readonly Row[];
  readonly next: string;
}

async function* rowsOf<Row>(read: (cursor: string | undefined) => Promise<PageOf<Row>>): AsyncGenerator<Row, void> {
  let cursor: string | undefined;
  do {
    const { rows, next } = await read(cursor);
    yield* rows;
    cursor = next === "" ? undefined : next;
  } while (cursor !== undefined);
}
