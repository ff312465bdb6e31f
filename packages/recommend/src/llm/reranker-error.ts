import { FurzeError } from "@furze/core";

/** The reranker did not answer, refused, or answered what makes no sense. Its message holds neither texts nor the token. */
export class RerankerError extends FurzeError {
  /** How long the server asks to be left alone, milliseconds. */
  readonly retryAfterMs: number | undefined;

  constructor(message: string, options: { cause?: unknown; retryable: boolean; retryAfterMs?: number | undefined }) {
    super("UNAVAILABLE", message, options);
    this.retryAfterMs = options.retryAfterMs;
  }
}
