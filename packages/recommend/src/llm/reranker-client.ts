import { setTimeout as sleep } from "node:timers/promises";
import { type CallOptions, InvalidArgumentError, throwIfAborted } from "@furze/core";
import { RerankerError } from "./reranker-error.ts";

export interface RerankerOptions {
  /** Where texts are sent: a server of Jina's reranker protocol. */
  readonly url: string;
  readonly model: string;
  /** Sent as `Authorization: Bearer`; `""` sends none. */
  readonly authToken: string;
  /** Longest time that one request may take, milliseconds. */
  readonly timeoutMs: number;
  /** Requests sent in any minute, evenly spread; 0 is no bound. */
  readonly requestsPerMinute: number;
}

/** Place of one document by its relevance to the query. */
export interface RankedDocument {
  /** Position in the documents that were sent. */
  readonly index: number;
  readonly score: number;
}

/** What ranks documents by a query; `RerankerClient` over HTTP. */
export interface DocumentReranker {
  /**
   * @returns best first, each document at most once; some may be missing
   * @throws {RerankerError}
   */
  rerank(query: string, documents: readonly string[], call?: CallOptions): Promise<RankedDocument[]>;
}

const MAX_ATTEMPTS = 4;
const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 60_000;
const MINUTE_MS = 60_000;

/**
 * Speaks the reranker protocol of Jina, which Cohere, vLLM, llama.cpp and others have taken up. Requests that fail for a reason that
 * may pass (429, 5xx, no answer in time) are sent again up to three times, after a random part of a delay that doubles, or when the
 * server says so.
 */
export class RerankerClient implements DocumentReranker {
  readonly #options: RerankerOptions;
  readonly #url: URL;
  #nextStartMs = 0;

  /** @throws {InvalidArgumentError} for a URL that is none of HTTP */
  constructor(options: RerankerOptions) {
    const url = URL.parse(options.url);
    if (url === null || !["http:", "https:"].includes(url.protocol)) {
      throw new InvalidArgumentError("url", "the reranker's url must begin with http:// or https://");
    }
    this.#url = url;
    this.#options = options;
  }

  async rerank(query: string, documents: readonly string[], call: CallOptions = {}): Promise<RankedDocument[]> {
    if (documents.length === 0) return [];
    for (let attempt = 1; ; attempt++) {
      await this.#awaitTurn(call.signal);
      try {
        return await this.#send(query, documents, call.signal);
      } catch (error) {
        throwIfAborted(call.signal);
        if (!(error instanceof RerankerError) || !error.retryable || attempt === MAX_ATTEMPTS) throw error;
        const delayMs = error.retryAfterMs ?? Math.random() * FIRST_DELAY_MS * 2 ** attempt;
        await pause(Math.min(delayMs, LONGEST_DELAY_MS), call.signal);
      }
    }
  }

  /** Spreads requests, so that a burst does not use up a minute's share. */
  async #awaitTurn(signal: AbortSignal | undefined): Promise<void> {
    const { requestsPerMinute } = this.#options;
    if (requestsPerMinute === 0) return;
    const now = performance.now();
    const start = Math.max(now, this.#nextStartMs);
    this.#nextStartMs = start + MINUTE_MS / requestsPerMinute;
    if (start > now) await pause(start - now, signal);
  }

  async #send(query: string, documents: readonly string[], signal: AbortSignal | undefined): Promise<RankedDocument[]> {
    const { model, authToken, timeoutMs } = this.#options;
    const limit = AbortSignal.timeout(timeoutMs);
    try {
      const response = await fetch(this.#url, {
        method: "POST",
        headers: {
          "Content-Type": "application/json",
          ...(authToken === "" ? {} : { Authorization: `Bearer ${authToken}` }),
        },
        body: JSON.stringify({ model, query, documents, return_documents: false }),
        signal: signal === undefined ? limit : AbortSignal.any([signal, limit]),
      });
      if (!response.ok) {
        await response.body?.cancel();
        throw refusal(response);
      }
      return readResults(await response.json(), documents.length);
    } catch (cause) {
      if (cause instanceof RerankerError) throw cause;
      const isJson = cause instanceof SyntaxError;
      const reason = isJson
        ? "answered what is no JSON"
        : limit.aborted
          ? `took longer than ${timeoutMs} ms`
          : "cannot be reached";
      throw new RerankerError(`The reranker at ${this.#url.host} ${reason}.`, { cause, retryable: !isJson });
    }
  }
}

/** As `sleep`, but an abort is told by the caller's next check. */
async function pause(delayMs: number, signal: AbortSignal | undefined): Promise<void> {
  await sleep(delayMs, undefined, { signal }).catch(() => {});
  throwIfAborted(signal);
}

function refusal(response: Response): RerankerError {
  const { status } = response;
  const hint = status === 401 || status === 403 ? ": check reranker_api.auth_token" : "";
  const host = new URL(response.url).host;
  return new RerankerError(`The reranker at ${host} answered ${status}${hint}.`, {
    retryable: status === 429 || status >= 500,
    retryAfterMs: retryAfterMs(response.headers.get("retry-after")),
  });
}

/** Seconds or a date. */
function retryAfterMs(header: string | null): number | undefined {
  if (header === null) return undefined;
  const ms = /^\d+$/.test(header.trim()) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}

function readResults(answer: unknown, numDocuments: number): RankedDocument[] {
  const results = typeof answer === "object" && answer !== null && "results" in answer ? answer.results : undefined;
  if (!Array.isArray(results)) throw malformed("has no results");
  const seen = new Set<number>();
  const ranked = results.map((result: unknown): RankedDocument => {
    const { index, relevance_score: score } = (result ?? {}) as { index?: unknown; relevance_score?: unknown };
    if (typeof index !== "number" || !Number.isInteger(index) || index < 0 || index >= numDocuments) {
      throw malformed("names a document that was not sent");
    }
    if (seen.has(index)) throw malformed("names a document twice");
    if (typeof score !== "number" || !Number.isFinite(score)) throw malformed("has a score that is no number");
    seen.add(index);
    return { index, score };
  });
  // Most servers sort, but the protocol does not say that they must.
  return ranked.sort((a, b) => b.score - a.score || a.index - b.index);
}

function malformed(what: string): RerankerError {
  return new RerankerError(`The reranker's answer ${what}.`, { retryable: false });
}
