import { AbortError } from "@furze/core";
import type { CallWatch } from "./call-watch.ts";

/** The content of a put, as it goes to a client library; remembers what the content itself threw, which clients wrap or swallow. */
export class BlobSource {
  readonly #content: Uint8Array | AsyncIterable<Uint8Array>;
  readonly #watch: CallWatch;
  /** What ended the content before its end. */
  failure: { readonly error: unknown } | undefined;

  constructor(content: Uint8Array | AsyncIterable<Uint8Array>, watch: CallWatch) {
    this.#content = content;
    this.#watch = watch;
  }

  async *chunks(): AsyncIterable<Uint8Array> {
    const content = this.#content instanceof Uint8Array ? [this.#content] : this.#content;
    this.#watch.pause();
    try {
      for await (const chunk of content) {
        if (this.#watch.signal.aborted) throw new AbortError(undefined, { cause: this.#watch.reason });
        this.#watch.resume();
        if (chunk.length > 0) yield chunk;
        this.#watch.pause();
      }
    } catch (error) {
      this.failure = { error };
      throw error;
    }
    this.#watch.resume();
  }
}
