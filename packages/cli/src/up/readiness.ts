import { setTimeout as delay } from "node:timers/promises";
import { CliError } from "../cli-error.ts";
import type { ManagedProcess } from "./managed-process.ts";

export interface ReadinessOptions {
  readonly process: ManagedProcess;
  /** Base of the process's HTTP address. */
  readonly url: string;
  /** Default 60,000. */
  readonly timeoutMs?: number | undefined;
  readonly signal: AbortSignal;
}

const POLL_MS = 50;
const SHOWN_LINES = 5;

/**
 * Waits until a process answers `GET /api/health/ready` with 200.
 *
 * @throws {CliError} after the time-out, with the last lines of the process's log
 */
export async function waitUntilReady(options: ReadinessOptions): Promise<void> {
  const { process, url, signal, timeoutMs = 60_000 } = options;
  const timeout = AbortSignal.timeout(timeoutMs);
  const either = AbortSignal.any([signal, timeout]);
  while (!(await isReady(url, either))) {
    signal.throwIfAborted();
    if (timeout.aborted) throw notReady(process, timeoutMs);
    await delay(POLL_MS, undefined, { signal });
  }
}

async function isReady(url: string, signal: AbortSignal): Promise<boolean> {
  try {
    const response = await fetch(`${url}/api/health/ready`, { signal });
    await response.body?.cancel();
    return response.ok;
  } catch {
    // Not listening yet, or aborted: the caller looks at its signals.
    return false;
  }
}

function notReady(process: ManagedProcess, timeoutMs: number): CliError {
  const lines = process.lastLines(SHOWN_LINES);
  const said = lines.length === 0 ? "" : ` Its last words:\n${lines.map((line) => `  ${line}`).join("\n")}`;
  return new CliError(`The ${process.spec.name} was not ready after ${timeoutMs / 1000} s.${said}`);
}
