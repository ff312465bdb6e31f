export type LogFields = Readonly<Record<string, unknown>>;

/** Port for structured logs: ids and figures go into fields, never into the text. */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** A logger that adds the fields to each line. */
  child(fields: LogFields): Logger;
}

/** The default of every library: says nothing. */
export const silentLogger: Logger = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  child: () => silentLogger,
};
