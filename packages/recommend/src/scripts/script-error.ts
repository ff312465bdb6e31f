import { FurzeError, type FurzeErrorCode } from "@furze/core";

/** What was wrong with a run: a limit, an exception, a value of the wrong kind, or the thread ended. */
export type ScriptFailure = "time-limit" | "memory-limit" | "thrown" | "result" | "ended";

/** An external script gave no recommendations. */
export class ExternalScriptError extends FurzeError {
  /** Name of the script in the configuration. */
  readonly script: string;
  readonly failure: ScriptFailure;

  constructor(script: string, failure: ScriptFailure, message: string) {
    super(codeOf(failure), `external script ${script}: ${message}`);
    this.script = script;
    this.failure = failure;
  }
}

function codeOf(failure: ScriptFailure): FurzeErrorCode {
  if (failure === "ended") return "UNAVAILABLE";
  return failure.endsWith("-limit") ? "LIMIT_EXCEEDED" : "INVALID_ARGUMENT";
}
