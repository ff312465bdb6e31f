import type { ProgressStream } from "@furze/telemetry";

/** What a command may touch of the process that runs it; tests pass their own. */
export interface CliIo {
  /** Answers and results, a line a call. */
  out(line: string): void;
  /** Problems and warnings, a line a call. */
  error(line: string): void;
  /** Where progress bars are drawn. */
  readonly progress: ProgressStream;
  readonly env: NodeJS.ProcessEnv;
  /** Columns of the terminal. */
  readonly width: number;
}

const WIDTH_WITHOUT_TERMINAL = 100;

/** The real terminal: results on stdout, problems and progress on stderr. */
export function processIo(): CliIo {
  return {
    out: (line) => void process.stdout.write(`${line}\n`),
    error: (line) => void process.stderr.write(`${line}\n`),
    progress: process.stderr,
    env: process.env,
    width: process.stdout.columns ?? WIDTH_WITHOUT_TERMINAL,
  };
}
