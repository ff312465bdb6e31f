import { hash, randomBytes, randomUUID, timingSafeEqual } from "node:crypto";
import { type Clock, InvalidArgumentError, systemClock } from "@furze/core";
import type { Context } from "hono";
import { generateCookie, generateSignedCookie, getSignedCookie } from "hono/cookie";
import { HttpError } from "./http-error.ts";

export interface SessionsOptions {
  /** Who may sign in. */
  readonly userName: string;
  readonly password: string;
  /** How long a session lasts, milliseconds, from 1,000 to 34,560,000,000 (400 days, what browsers keep). Default 12 hours. */
  readonly ttlMs?: number | undefined;
  /** Default: the system's. */
  readonly clock?: Clock | undefined;
}

/** Name of the cookie. */
const COOKIE = "session";
const ATTRIBUTES = { path: "/", httpOnly: true, sameSite: "Strict" } as const;
const SAFE_METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
/** Failed tries within a minute after which all wait: nobody guesses a password at ten a minute. */
const MAX_FAILURES = 10;

/**
 * Sign-in of one administrator from a browser. A session is a signed cookie that scripts cannot read and other sites cannot send; one
 * that is signed out is remembered until it would have ended, so a copy of it is worth nothing. The key of the signatures is made
 * anew in each process: all sessions end with it.
 */
export class Sessions {
  readonly userName: string;
  readonly #password: Buffer;
  readonly #ttlMs: number;
  readonly #clock: Clock;
  readonly #secret = new Uint8Array(randomBytes(32));
  /** Sessions that were signed out, with the time when they would have ended. */
  readonly #ended = new Map<string, number>();
  /** When sign-ins have failed within the last minute. */
  #failedMs: number[] = [];

  /** @throws {InvalidArgumentError} when name and password are both empty, or `ttlMs` is out of range */
  constructor({ userName, password, ttlMs = 12 * HOUR_MS, clock = systemClock }: SessionsOptions) {
    if (userName === "" && password === "") {
      throw new InvalidArgumentError("password", "a user name or a password is needed to sign in with");
    }
    if (!(ttlMs >= 1000 && ttlMs <= 400 * 24 * HOUR_MS)) {
      throw new InvalidArgumentError("ttlMs", `ttlMs must be from 1,000 to 34,560,000,000, got ${ttlMs}`);
    }
    this.userName = userName;
    this.#password = digest(password);
    this.#ttlMs = ttlMs;
    this.#clock = clock;
  }

  /**
   * Whether these are the administrator's, in a time that does not depend on how much of them is right.
   *
   * @throws {HttpError} 429 when ten sign-ins have failed within the last minute, whoever tries
   */
  matches(userName: string, password: string): boolean {
    const nowMs = this.#clock.now();
    this.#failedMs = this.#failedMs.filter((failedMs) => nowMs - failedMs < MINUTE_MS);
    if (this.#failedMs.length >= MAX_FAILURES) throw new HttpError(429, "too many sign-ins have failed, try again in a minute");
    const isName = timingSafeEqual(digest(this.userName), digest(userName));
    const isPassword = timingSafeEqual(this.#password, digest(password));
    if (!(isName && isPassword)) this.#failedMs.push(nowMs);
    return isName && isPassword;
  }

  /** @returns the `Set-Cookie` header of a new session */
  async start(c: Context): Promise<string> {
    const value = `${randomUUID()}.${this.#clock.now() + this.#ttlMs}`;
    const options = { ...ATTRIBUTES, secure: isEncrypted(c), maxAge: Math.floor(this.#ttlMs / 1000) };
    return generateSignedCookie(COOKIE, value, this.#secret, options);
  }

  /** Whether the request belongs to a session. One that would change something must come from a page of this very site. */
  async isSignedIn(c: Context): Promise<boolean> {
    return (SAFE_METHODS.has(c.req.method) || isSameOrigin(c)) && (await this.#read(c)) !== undefined;
  }

  /** Ends the session of a request, if it has one. @returns the `Set-Cookie` header that takes the cookie away */
  async end(c: Context): Promise<string> {
    const session = await this.#read(c);
    for (const [id, expiresMs] of this.#ended) if (expiresMs <= this.#clock.now()) this.#ended.delete(id);
    if (session !== undefined) this.#ended.set(session.id, session.expiresMs);
    return generateCookie(COOKIE, "", { ...ATTRIBUTES, maxAge: 0 });
  }

  async #read(c: Context): Promise<{ id: string; expiresMs: number } | undefined> {
    // Only what was signed here comes out of it.
    const value = await getSignedCookie(c, this.#secret, COOKIE);
    if (typeof value !== "string") return undefined;
    const [id = "", expires] = value.split(".");
    const expiresMs = Number(expires);
    return expiresMs > this.#clock.now() && !this.#ended.has(id) ? { id, expiresMs } : undefined;
  }
}

/** Whether a page of the same host sent the request; browsers tell it in one of two ways, and pages cannot change either. */
export function isSameOrigin(c: Context): boolean {
  const site = c.req.header("sec-fetch-site");
  if (site !== undefined) return site === "same-origin" || site === "none";
  const origin = URL.parse(c.req.header("origin") ?? "");
  return origin !== null && origin.host === c.req.header("host");
}

/** Whether the browser's own connection is encrypted, perhaps up to a proxy. */
function isEncrypted(c: Context): boolean {
  return c.req.url.startsWith("https:") || c.req.header("x-forwarded-proto")?.split(",", 1)[0]?.trim() === "https";
}

function digest(text: string): Buffer {
  return hash("sha256", text, "buffer");
}
