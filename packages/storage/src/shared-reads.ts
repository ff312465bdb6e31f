import { AbortError, type CallOptions, throwIfAborted } from "@furze/core";

interface Gathering<Value> {
  readonly keys: Set<string>;
  readonly values: Promise<ReadonlyMap<string, Value>>;
  /** Sends the read, unless it has gone already. */
  readonly send: () => void;
}

/**
 * Reads of single values, gathered: those that are asked for in one turn of the event loop go to the store as one, after the last of
 * them has been asked for, so that each gets an answer that is younger than its question. A busy server asks for many, and a round
 * trip costs more than a value.
 */
export class SharedReads<Value> {
  readonly #read: (keys: readonly string[]) => Promise<ReadonlyMap<string, Value>>;
  #next: Gathering<Value> | undefined;

  /** @param read reads values by their keys, each of which comes once; keys without a value are left out */
  constructor(read: (keys: readonly string[]) => Promise<ReadonlyMap<string, Value>>) {
    this.#read = read;
  }

  /** @throws {AbortError} for the caller that gives up; the read goes on for the others */
  async one(key: string, options?: CallOptions): Promise<Value | undefined> {
    throwIfAborted(options?.signal);
    this.#next ??= this.#gather();
    const { keys, values } = this.#next;
    keys.add(key);
    return (await untilAborted(values, options?.signal)).get(key);
  }

  /** Sends what has been gathered without waiting for the end of the turn: for a store that closes. */
  flush(): void {
    this.#next?.send();
  }

  #gather(): Gathering<Value> {
    const keys = new Set<string>();
    const { promise, resolve } = Promise.withResolvers<ReadonlyMap<string, Value>>();
    const send = () => {
      if (this.#next?.keys !== keys) return;
      this.#next = undefined;
      resolve(this.#read([...keys]));
    };
    setImmediate(send);
    return { keys, values: promise, send };
  }
}

async function untilAborted<Result>(work: Promise<Result>, signal: AbortSignal | undefined): Promise<Result> {
  if (signal === undefined) return work;
  const { promise, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(new AbortError(undefined, { cause: signal.reason }));
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
