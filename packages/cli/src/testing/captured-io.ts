import type { CliIo } from "../cli-io.ts";

export interface CapturedIo extends CliIo {
  readonly lines: string[];
  readonly errors: string[];
}

/** Takes what a command prints. */
export function captureIo(env: NodeJS.ProcessEnv = {}): CapturedIo {
  const lines: string[] = [];
  const errors: string[] = [];
  return {
    lines,
    errors,
    out: (line) => void lines.push(line),
    error: (line) => void errors.push(line),
    progress: { write: () => true },
    env,
    width: 80,
  };
}
