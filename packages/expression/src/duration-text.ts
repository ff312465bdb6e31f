const UNIT_MS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

/**
 * Reads a duration in Go's syntax, such as `1h30m` or `-0.5s`.
 *
 * @returns milliseconds, or undefined when the text is no duration
 */
export function parseDurationText(text: string): number | undefined {
  if (!/^[+-]?(?:0|(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)$/.test(text)) return undefined;
  let ms = 0;
  for (const [, amount = "0", unit = "s"] of text.matchAll(/(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/g)) {
    ms += Number(amount) * (UNIT_MS[unit] ?? 0);
  }
  return text.startsWith("-") ? -ms : ms;
}

/** Prints a duration as Go does: `1h30m0s`, `1.5s`, `20ms`, `0s`. */
export function formatDuration(ms: number): string {
  if (!Number.isFinite(ms)) return String(ms);
  if (ms === 0) return "0s";
  const sign = ms < 0 ? "-" : "";
  const magnitude = Math.abs(ms);
  if (magnitude < 1e-3) return `${sign}${shortest(magnitude * 1e6)}ns`;
  if (magnitude < 1) return `${sign}${shortest(magnitude * 1e3)}µs`;
  if (magnitude < 1000) return `${sign}${shortest(magnitude)}ms`;
  const hours = Math.floor(magnitude / 3_600_000);
  const minutes = Math.floor((magnitude % 3_600_000) / 60_000);
  const seconds = `${shortest((magnitude % 60_000) / 1000)}s`;
  if (hours > 0) return `${sign}${hours}h${minutes}m${seconds}`;
  return minutes > 0 ? `${sign}${minutes}m${seconds}` : `${sign}${seconds}`;
}

function shortest(value: number): string {
  return String(Number(value.toFixed(9)));
}
