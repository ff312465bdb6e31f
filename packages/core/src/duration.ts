import { InvalidArgumentError } from "./errors.ts";

const UNIT_MS: ReadonlyMap<string, number> = new Map([
  ["ns", 1e-6],
  ["us", 1e-3],
  ["µs", 1e-3],
  ["μs", 1e-3],
  ["ms", 1],
  ["s", 1000],
  ["m", 60_000],
  ["h", 3_600_000],
]);

/** A unit is all up to the next number, so that the error names what was written. */
const PART = /(\d+\.?\d*|\.\d+)([^\d.]*)/y;

/**
 * Parses a duration in Go's syntax: a signed sequence of decimals with units, such as `1h30m`, `0.5h`, `-10s`, `0`.
 *
 * @returns milliseconds, fractions kept
 * @throws {InvalidArgumentError} with Go's message, for example `time: missing unit in duration "10"`
 */
export function parseDuration(text: string): number {
  const invalid = (): never => {
    throw new InvalidArgumentError("duration", `time: invalid duration ${JSON.stringify(text)}`);
  };
  const sign = text.startsWith("-") ? -1 : 1;
  const body = /^[+-]/.test(text) ? text.slice(1) : text;
  if (body === "0") return 0;
  if (body === "") return invalid();
  let totalMs = 0;
  PART.lastIndex = 0;
  while (PART.lastIndex < body.length) {
    const part = PART.exec(body);
    if (part === null) return invalid();
    const [, amount = "", unit = ""] = part;
    if (unit === "") throw new InvalidArgumentError("duration", `time: missing unit in duration ${JSON.stringify(text)}`);
    const unitMs = UNIT_MS.get(unit);
    if (unitMs === undefined) {
      throw new InvalidArgumentError(
        "duration",
        `time: unknown unit ${JSON.stringify(unit)} in duration ${JSON.stringify(text)}`,
      );
    }
    totalMs += Number(amount) * unitMs;
  }
  return totalMs === 0 ? 0 : sign * totalMs;
}

/**
 * Prints a duration as short as Gorse does: `1h30m`, `72h`, `1m30s`, `10s`, `1.5ms`, `0s`.
 *
 * @param durationMs milliseconds, finite
 */
export function formatDuration(durationMs: number): string {
  // Whole nanoseconds, so that the rest of a product such as 1.1 * 3,600,000 does not print as a part of its own.
  const magnitudeMs = Math.round(Math.abs(durationMs) * 1e6) / 1e6;
  if (magnitudeMs === 0) return "0s";
  const sign = durationMs < 0 ? "-" : "";
  if (magnitudeMs < 0.001) return `${sign}${trimNumber(magnitudeMs * 1e6)}ns`;
  if (magnitudeMs < 1) return `${sign}${trimNumber(magnitudeMs * 1e3)}µs`;
  if (magnitudeMs < 1000) return `${sign}${trimNumber(magnitudeMs)}ms`;
  const hours = Math.floor(magnitudeMs / 3_600_000);
  const minutes = Math.floor((magnitudeMs % 3_600_000) / 60_000);
  const seconds = (magnitudeMs % 60_000) / 1000;
  const parts = [hours > 0 ? `${hours}h` : "", minutes > 0 ? `${minutes}m` : "", seconds > 0 ? `${trimNumber(seconds)}s` : ""];
  return sign + parts.join("");
}

function trimNumber(value: number): string {
  return String(Number(value.toFixed(9)));
}
