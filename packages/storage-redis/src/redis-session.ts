import { AbortError, type CallOptions, throwIfAborted, UnavailableError } from "@furze/core";
import { createClient, type RedisClient, type RedisClientOptions } from "./redis-client.ts";
import type { RedisArgument, RedisConnection, RedisDriver } from "./redis-driver.ts";
import { isDatabaseRefused, toStoreError } from "./redis-errors.ts";
import { formatAddresses } from "./redis-uri.ts";

/** Name and arguments of a command. */
export type RedisCommand = readonly [name: string, ...args: RedisArgument[]];

/** Keys that a step of a scan looks at. */
const SCAN_COUNT = "1000";
/** Keys of one MGET: it must not hold up the server's other clients. */
const MGET_KEYS = 500;

/** A client with a time limit on every call, errors of Furze, and a quick refusal while Redis is known to be down. */
export class RedisSession {
  readonly #client: RedisClient;
  readonly #address: string;
  readonly #timeoutMs: number;
  readonly #maxRetries: number;
  /** Calls under way: what ends each early. */
  readonly #waiting = new Set<(error: unknown) => void>();
  readonly #running = new Set<Promise<unknown>>();
  #attempt = 0;
  #lastError: Error | undefined;
  /** Why the client was given up. */
  #refusal: Error | undefined;
  #closing: Promise<void> | undefined;

  constructor(driver: RedisDriver, options: Omit<RedisClientOptions, "onRetry">) {
    this.#address = formatAddresses(options.uri.addresses);
    this.#timeoutMs = options.timeoutMs;
    this.#maxRetries = options.maxRetries;
    this.#client = createClient(driver, { ...options, onRetry: (attempt, reason) => this.#onRetry(attempt, reason) });
    this.#client.connection.on("ready", () => {
      this.#attempt = 0;
      this.#lastError = undefined;
    });
    // Without a listener an error would end the process; the calls that it concerns are told anyway.
    this.#client.connection.on("error", (error) => this.#onError(error));
  }

  get isCluster(): boolean {
    return this.#client.cluster !== undefined;
  }

  /** Sends all commands at once, each to its node. Replies are aligned; the first error reply fails the call. */
  run(commands: readonly RedisCommand[], options: CallOptions | undefined): Promise<unknown[]> {
    return this.#send(commands, this.#client.connection, options);
  }

  /** Values of text keys, aligned; `null` where there is none. */
  async getMany(keys: readonly string[], options: CallOptions | undefined): Promise<(Buffer | null)[]> {
    if (this.isCluster) {
      return (await this.run(
        keys.map((key) => ["GET", key]),
        options,
      )) as (Buffer | null)[];
    }
    const commands: RedisCommand[] = [];
    for (let start = 0; start < keys.length; start += MGET_KEYS)
      commands.push(["MGET", ...keys.slice(start, start + MGET_KEYS)]);
    const replies = (await this.run(commands, options)) as (Buffer | null)[][];
    return replies.length === 1 ? (replies[0] ?? []) : replies.flat();
  }

  /** Keys that match the glob, in batches, of every master. A key may come twice while Redis shrinks its table. */
  async *scan(pattern: string, options: CallOptions | undefined): AsyncIterable<string[]> {
    for (const node of await this.#masters(options)) {
      let cursor = "0";
      do {
        const [reply] = await this.#send([["SCAN", cursor, "MATCH", pattern, "COUNT", SCAN_COUNT]], node, options);
        const [next, keys] = reply as [Buffer, Buffer[]];
        cursor = next.toString();
        if (keys.length > 0) yield keys.map(String);
      } while (cursor !== "0");
    }
  }

  /** Lets calls under way end, each within its time limit. */
  close(): Promise<void> {
    this.#closing ??= Promise.allSettled(this.#running).then(() => this.#client.connection.disconnect());
    return this.#closing;
  }

  async #masters(options: CallOptions | undefined): Promise<RedisConnection[]> {
    const { connection, cluster } = this.#client;
    if (cluster === undefined) return [connection];
    // The nodes are known as soon as the first command has an answer.
    await this.run([["PING"]], options);
    return cluster.nodes("master");
  }

  #onRetry(attempt: number, reason: Error | undefined): void {
    this.#attempt = attempt;
    this.#lastError = reason ?? this.#lastError;
    if (attempt > this.#maxRetries) this.#failWaiting(this.#downError());
  }

  #onError(error: Error): void {
    this.#lastError = error;
    if (!isDatabaseRefused(error)) return;
    // The driver would go on in database 0, and write there.
    this.#refusal = error;
    this.#client.connection.disconnect();
    this.#failWaiting(error);
  }

  #failWaiting(error: Error): void {
    for (const fail of this.#waiting) fail(error);
  }

  async #send(commands: readonly RedisCommand[], node: RedisConnection, options: CallOptions | undefined): Promise<unknown[]> {
    throwIfAborted(options?.signal);
    if (this.#closing !== undefined) throw new UnavailableError("The cache store is closed.", { retryable: false });
    if (this.#refusal !== undefined) throw toStoreError(this.#refusal, this.#address);
    if (this.#attempt > this.#maxRetries) throw toStoreError(this.#downError(), this.#address);
    // One write a command costs little: the socket gathers those of one turn of the event loop. In return each is redirected,
    // sent again or refused by itself.
    const work = Promise.all(commands.map(([name, ...args]) => node.callBuffer(name, ...args)));
    const call = this.#limit(work, options?.signal);
    this.#running.add(call);
    try {
      return await call;
    } catch (error) {
      throw toStoreError(this.#isConnectionLost(error) ? this.#downError() : error, this.#address);
    } finally {
      this.#running.delete(call);
    }
  }

  /** Ends the wait, not the work, when the time is over, the caller aborts or Redis stays down. */
  #limit<Result>(work: Promise<Result>, signal: AbortSignal | undefined): Promise<Result> {
    return new Promise((resolve, reject) => {
      const fail = (error: unknown) => {
        end();
        reject(error);
      };
      // Another turn of the event loop first: when it was held up, the answer may lie in the socket, unread.
      const onTimeout = () => setImmediate(() => fail(new Error(`no answer within ${this.#timeoutMs} ms`)));
      const timer = setTimeout(onTimeout, this.#timeoutMs);
      const onAbort = () => fail(new AbortError(undefined, { cause: signal?.reason }));
      const end = () => {
        clearTimeout(timer);
        this.#waiting.delete(fail);
        signal?.removeEventListener("abort", onAbort);
      };
      this.#waiting.add(fail);
      signal?.addEventListener("abort", onAbort);
      work.then((result) => {
        end();
        resolve(result);
      }, fail);
    });
  }

  /** The driver says only that it gave up; why, the connection told before. */
  #isConnectionLost(error: unknown): boolean {
    return error instanceof Error && (error.name === "MaxRetriesPerRequestError" || error.message === "Connection is closed.");
  }

  #downError(): Error {
    return this.#lastError ?? new Error(this.isCluster ? "the cluster is not ready" : "the connection was closed");
  }
}
