import { FurzeError } from "@furze/core";

/** The check that a model file did not pass. */
export type ModelFileCheck = "magic" | "version" | "length" | "checksum" | "header" | "kind" | "array";

/** The bytes are not a model file, or a damaged one, or one of another kind or of a newer version. */
export class InvalidModelFileError extends FurzeError {
  /** Which check failed. */
  readonly check: ModelFileCheck;

  constructor(check: ModelFileCheck, message: string, options: { readonly cause?: unknown } = {}) {
    super("INVALID_MODEL_FILE", `invalid model file (${check}): ${message}`, options);
    this.check = check;
  }
}
