import { FurzeError, type Logger } from "@furze/core";

/** Says in one sentence on standard error why a process cannot start, and ends it. */
export function exitUnstarted(error: unknown, logger: Logger): never {
  process.stderr.write(`${describe(error, logger)}\n`);
  process.exit(1);
}

/** A FurzeError's message says what to do; anything else is a fault of ours, whose stack belongs into the log. */
function describe(error: unknown, logger: Logger): string {
  if (FurzeError.is(error)) return error.message;
  logger.error("cannot start", { error });
  return error instanceof Error ? error.message : String(error);
}
