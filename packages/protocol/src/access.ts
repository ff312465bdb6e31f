import { createHash, timingSafeEqual } from "node:crypto";
import { isIPv4 } from "node:net";
import { InvalidArgumentError } from "@furze/core";

const SCHEME = "Bearer ";

/** Whether only this machine can reach the host: `localhost`, 127.0.0.0/8 and `::1`. */
export function isLoopbackHost(host: string): boolean {
  return host === "localhost" || host === "::1" || (isIPv4(host) && host.startsWith("127."));
}

/**
 * Refuses to listen where others could connect without a proof.
 *
 * @throws {InvalidArgumentError} that says what to set
 */
export function checkClosedByDefault(host: string, isProtected: boolean): void {
  if (isProtected || isLoopbackHost(host)) return;
  throw new InvalidArgumentError(
    "host",
    `refusing to listen on ${JSON.stringify(host)} without a cluster token or TLS: set "token" or "tls", or listen on 127.0.0.1`,
  );
}

/**
 * Checks a cluster token; an empty one counts as none.
 *
 * @throws {InvalidArgumentError} when it cannot stand in a header; the message does not contain it
 */
export function normalizeToken(token: string | undefined): string | undefined {
  if (token === undefined || token === "") return undefined;
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw new InvalidArgumentError("token", "the cluster token may contain visible ASCII characters only");
  }
  return token;
}

export function bearer(token: string): string {
  return SCHEME + token;
}

/** Whether an authorization header carries the token. Compares digests, so neither length nor content shows in the time taken. */
export function isBearerOf(header: string | undefined, token: string): boolean {
  return timingSafeEqual(sha256(header ?? ""), sha256(bearer(token)));
}

function sha256(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
