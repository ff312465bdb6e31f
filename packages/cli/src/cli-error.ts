/** A problem that the user can act on: shown as its message alone, without a stack, and ends the command with `exitCode`. */
export class CliError extends Error {
  override readonly name = "CliError";
  /** 1: the command failed; 2: it was called wrongly. */
  readonly exitCode: 1 | 2;

  constructor(message: string, options: { readonly exitCode?: 1 | 2; readonly cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.exitCode = options.exitCode ?? 1;
  }
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
