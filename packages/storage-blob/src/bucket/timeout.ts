import { InvalidArgumentError } from "@furze/core";

export const DEFAULT_TIMEOUT_MS = 60_000;

export function checkTimeout(timeoutMs: number): number {
  if (Number.isSafeInteger(timeoutMs) && timeoutMs > 0) return timeoutMs;
  throw new InvalidArgumentError("timeoutMs", `timeoutMs must be a whole number of at least 1, got ${timeoutMs}`);
}
