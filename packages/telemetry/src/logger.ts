import { InvalidArgumentError, type LogFields, type Logger } from "@furze/core";
import { type DestinationStream, destination as openDestination, type Logger as Pino, pino, stdTimeFunctions } from "pino";
import { prettyLine } from "./pretty.ts";
import { redact, redactText } from "./redact.ts";

export type LogLevel = "debug" | "info" | "warn" | "error" | "silent";

export type LogFormat = "json" | "pretty";

export interface LoggerOptions {
  /** Least severe level that is written. Default `info`. */
  readonly level?: LogLevel | undefined;
  /** `json`: one object per line, for collectors; `pretty`: one short line, for people. Default `json`. */
  readonly format?: LogFormat | undefined;
  /** Where lines go. Default standard error, so that what a command prints stays clean. */
  readonly destination?: { write(line: string): unknown } | undefined;
}

const LEVELS: readonly LogLevel[] = ["debug", "info", "warn", "error", "silent"];

/**
 * A logger of the core port on pino. Secrets never reach it: fields named like keys, tokens and passwords are masked at any depth,
 * and so are passwords of URIs in any text.
 *
 * @throws {InvalidArgumentError} when level or format is not known
 */
export function createLogger(options: LoggerOptions = {}): Logger {
  const { level = "info", format = "json" } = options;
  if (!LEVELS.includes(level)) throw new InvalidArgumentError("level", `log level must be one of ${LEVELS.join(", ")}`);
  if (format !== "json" && format !== "pretty") throw new InvalidArgumentError("format", "log format must be json or pretty");
  // Synchronous, because the line that matters most is the last one before a crash.
  const out = options.destination ?? openDestination({ dest: 2, sync: true });
  const stream: DestinationStream = {
    write: (line) => void out.write(format === "json" ? line : `${prettyLine(line)}\n`),
  };
  const settings = {
    level,
    base: null,
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  return adapt(pino(settings, stream));
}

function adapt(target: Pino): Logger {
  const write = (level: Exclude<LogLevel, "silent">) => (message: string, fields?: LogFields) => {
    // Masking costs more than the check that pino would make after it.
    if (target.isLevelEnabled(level)) target[level](clean(fields), redactText(message));
  };
  return {
    debug: write("debug"),
    info: write("info"),
    warn: write("warn"),
    error: write("error"),
    child: (fields) => adapt(target.child(clean(fields))),
  };
}

/** Fields that carry the names of pino's own keys would make a line with two of them. */
function clean(fields: LogFields | undefined): Record<string, unknown> {
  const masked = redact(fields ?? {}) as Record<string, unknown>;
  return Object.fromEntries(
    Object.entries(masked).map(([key, value]) => [key === "level" || key === "time" || key === "msg" ? `${key}_` : key, value]),
  );
}
