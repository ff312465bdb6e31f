import { FurzeError, type FurzeErrorOptions } from "@furze/core";

/** One thing that is wrong with a configuration. */
export interface ConfigProblem {
  /** Dotted key, for example `recommend.non-personalized[0].score`; empty when the file as a whole is meant. */
  readonly path: string;
  readonly message: string;
  /** 1-based position in the file, when the problem is in a file. */
  readonly line?: number;
  readonly column?: number;
  /** The environment variable that holds the value, when it came from one. */
  readonly variable?: string;
}

/** A configuration that cannot be used. The message lists every problem, one per line. */
export class ConfigError extends FurzeError {
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[], options: FurzeErrorOptions = {}) {
    super("INVALID_CONFIG", problems.map(formatProblem).join("\n"), options);
    this.problems = problems;
  }
}

/** One line: key, message and place. */
export function formatProblem(problem: ConfigProblem): string {
  const subject = problem.path === "" ? "" : `${problem.path}: `;
  const place =
    problem.variable !== undefined
      ? ` (environment variable ${problem.variable})`
      : problem.line !== undefined
        ? ` (line ${problem.line})`
        : "";
  return subject + problem.message + place;
}
