import { STATUS_CODES } from "node:http";
import type { FetchAnswer, FetchRequest, FetchResponse } from "./script-messages.ts";

export interface ScriptFetchOptions {
  /** Host names, with or without port. */
  readonly allowedHosts: readonly string[];
  /** Longest answer, bytes. */
  readonly maxBytes: number;
  readonly signal: AbortSignal;
}

const MAX_REDIRECTS = 10;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
/** Headers that are for one host only. */
const CREDENTIALS: ReadonlySet<string> = new Set(["authorization", "cookie", "proxy-authorization"]);

/** Does what a script asks `fetch` for, if all hosts on the way are allowed. Failures are answers, too: the script decides what they mean. */
export async function fetchForScript(request: FetchRequest, options: ScriptFetchOptions): Promise<FetchAnswer> {
  try {
    return { response: await follow(request, options) };
  } catch (error) {
    return { error: messageOf(error) };
  }
}

async function follow(first: FetchRequest, options: ScriptFetchOptions): Promise<FetchResponse> {
  let request = first;
  for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
    const url = allowedUrl(request.url, options.allowedHosts);
    const { method, headers, body } = request;
    // Each address on the way has to be allowed, so redirects are not left to the client.
    const init: RequestInit = { method, headers, redirect: "manual", signal: options.signal };
    const response = await fetch(url, body === undefined ? init : { ...init, body });
    const location = REDIRECTS.has(response.status) ? response.headers.get("location") : null;
    if (location === null) return toResponse(response, options.maxBytes);
    await response.body?.cancel();
    request = redirected(request, url, new URL(location, url), response.status);
  }
  throw new Error(`stopped after ${MAX_REDIRECTS} redirects`);
}

function allowedUrl(text: string, allowedHosts: readonly string[]): URL {
  const url = URL.parse(text);
  if (url === null) throw new Error(`invalid URL ${JSON.stringify(text)}`);
  if (url.protocol !== "http:" && url.protocol !== "https:") throw new Error(`unsupported protocol scheme ${url.protocol}`);
  const port = url.port || (url.protocol === "https:" ? "443" : "80");
  const names = [url.hostname, `${url.hostname}:${port}`];
  if (!allowedHosts.some((host) => names.includes(host.toLowerCase()))) {
    throw new Error(`host ${url.host} is not in allowed_hosts`);
  }
  return url;
}

function redirected(request: FetchRequest, from: URL, to: URL, status: number): FetchRequest {
  const { method } = request;
  const becomesGet = method !== "HEAD" && (status === 303 || (status < 303 && method === "POST"));
  const headers = Object.entries(request.headers).filter(
    ([name]) => from.origin === to.origin || !CREDENTIALS.has(name.toLowerCase()),
  );
  return {
    url: to.href,
    method: becomesGet ? "GET" : method,
    headers: Object.fromEntries(becomesGet ? headers.filter(([name]) => !/^content-/i.test(name)) : headers),
    body: becomesGet ? undefined : request.body,
  };
}

async function toResponse(response: Response, maxBytes: number): Promise<FetchResponse> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > maxBytes) throw new Error(`the answer is longer than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  const headers: Record<string, string> = {};
  for (const [name, value] of response.headers) {
    const canonical = name.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase());
    headers[canonical] = canonical in headers ? `${headers[canonical]}, ${value}` : value;
  }
  const { ok, status } = response;
  const statusText = `${status} ${response.statusText || (STATUS_CODES[status] ?? "")}`.trimEnd();
  return { ok, status, statusText, body: Buffer.concat(chunks).toString("utf8"), headers };
}

/** `fetch` hides what went wrong in the cause. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  return cause instanceof Error && cause.message !== "" ? cause.message : error.message;
}
