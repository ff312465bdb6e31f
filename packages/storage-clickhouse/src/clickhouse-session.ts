import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { ClickHouseClient } from "@clickhouse/client";
import { AbortError, type CallOptions, throwIfAborted, UnavailableError } from "@furze/core";
import { toStoreError } from "./clickhouse-errors.ts";

export interface ClickhouseSessionOptions {
  /** Host and port, for messages. */
  readonly place: string;
  /** How long a call goes on trying while the server cannot be reached, milliseconds. */
  readonly retryForMs: number;
  /** Longest time one statement may take, milliseconds. */
  readonly statementTimeoutMs: number;
}

/** Rows for one insert: all of them are stored, or none. */
export type ClickhouseRows =
  | { readonly format: "JSONEachRow"; readonly values: readonly object[] }
  | {
      readonly format: "JSONCompactEachRow";
      readonly columns: readonly string[];
      readonly values: readonly (readonly unknown[])[];
    };

const FIRST_DELAY_MS = 20;
const MAX_DELAY_MS = 1000;

/** Errors come as a status instead of behind half an answer; the server stops what nobody waits for; lists of ids may be long. */
const READ_SETTINGS = {
  output_format_json_quote_64bit_integers: 0,
  wait_end_of_query: 1,
  cancel_http_readonly_queries_on_client_close: 1,
  max_query_size: "1000000000",
} as const;

/**
 * One block, whatever its size, is what ClickHouse stores whole or not at all. No two rows of it have one key, so merging them before they
 * are stored would only double the work.
 */
const INSERT_SETTINGS = {
  input_format_parallel_parsing: 0,
  max_insert_block_size: "1000000000",
  min_insert_block_size_rows: "1000000000",
  min_insert_block_size_bytes: "1000000000000",
  optimize_on_insert: 0,
  precise_float_parsing: 1,
  wait_for_async_insert: 1,
  wait_end_of_query: 1,
} as const;

/** Calls to a server: retries, aborts and the end of it all. */
export class ClickhouseSession {
  readonly #client: ClickHouseClient;
  readonly #options: ClickhouseSessionOptions;
  readonly #active = new Set<Promise<void>>();
  #closing: Promise<void> | undefined;

  constructor(client: ClickHouseClient, options: ClickhouseSessionOptions) {
    this.#client = client;
    this.#options = options;
  }

  /** Runs statements as one call: `close` waits for it. */
  run<T>(options: CallOptions | undefined, statements: (calls: ClickhouseCalls) => Promise<T>): Promise<T> {
    const signal = options?.signal;
    if (this.#closing !== undefined) return Promise.reject(new UnavailableError("The store is closed.", { retryable: false }));
    if (signal?.aborted) return Promise.reject(new AbortError(undefined, { cause: signal.reason }));
    const call = statements(this.calls(signal));
    const settled = call.then(
      () => {},
      () => {},
    );
    this.#active.add(settled);
    settled.then(() => this.#active.delete(settled));
    return call;
  }

  /** Statements on behalf of calls that run already. */
  calls(signal: AbortSignal | undefined): ClickhouseCalls {
    return new ClickhouseCalls(this.#client, this.#options, signal);
  }

  /** Waits for calls in flight and closes the connections. */
  close(): Promise<void> {
    this.#closing ??= Promise.all(this.#active).then(() => this.#client.close());
    return this.#closing;
  }
}

/** The statements of one call. */
export class ClickhouseCalls {
  readonly #client: ClickHouseClient;
  readonly #options: ClickhouseSessionOptions;
  readonly #signal: AbortSignal | undefined;

  constructor(client: ClickHouseClient, options: ClickhouseSessionOptions, signal: AbortSignal | undefined) {
    this.#client = client;
    this.#options = options;
    this.#signal = signal;
  }

  /** All rows of a query, each an object with the names of the columns. */
  async rows<Row>(sql: string): Promise<Row[]> {
    const text = await this.text(sql);
    return text === "" ? [] : (JSON.parse(`[${text.trimEnd().replaceAll("\n", ",")}]`) as Row[]);
  }

  /** All rows of a query, each a line of JSON. */
  text(sql: string): Promise<string> {
    const settings = { ...READ_SETTINGS, max_execution_time: this.#options.statementTimeoutMs / 1000 };
    const query = { query: sql, format: "JSONEachRow", clickhouse_settings: settings } as const;
    return this.#withRetries(async () => {
      const result = await this.#client.query({ ...query, ...(this.#signal && { abort_signal: this.#signal }) });
      return result.text();
    });
  }

  /** A statement that may run again: it is repeated when the server does not answer. */
  command(sql: string): Promise<void> {
    return this.#withRetries(async () => {
      await this.#client.command({ query: sql, clickhouse_settings: { wait_end_of_query: 1 } });
    });
  }

  /**
   * Stores rows, whole or not at all. A repetition after a broken connection carries the same token, by which the server knows
   * what it has stored already. An abort counts until the rows are sent: then the server decides, and waiting tells.
   */
  insert(table: string, rows: ClickhouseRows): Promise<void> {
    const settings = { ...INSERT_SETTINGS, insert_deduplication_token: randomUUID() };
    const [first, ...others] = rows.format === "JSONCompactEachRow" ? rows.columns : [];
    return this.#withRetries(async () => {
      await this.#client.insert({
        table,
        values: rows.values as unknown[],
        format: rows.format,
        clickhouse_settings: settings,
        ...(first !== undefined && { columns: [first, ...others] as [string, ...string[]] }),
      });
    });
  }

  async #withRetries<T>(attempt: () => Promise<T>): Promise<T> {
    const giveUpAt = performance.now() + this.#options.retryForMs;
    for (let failures = 0; ; failures++) {
      throwIfAborted(this.#signal);
      try {
        return await attempt();
      } catch (error) {
        throwIfAborted(this.#signal);
        const failure = toStoreError(error, this.#options.place);
        const delayMs = Math.random() * Math.min(FIRST_DELAY_MS * 2 ** failures, MAX_DELAY_MS);
        if (!failure.retryable || performance.now() + delayMs >= giveUpAt) throw failure;
        await sleep(delayMs);
      }
    }
  }
}
