import type { Progress } from "@furze/core";

export interface ProgressBarOptions extends Progress {
  /** Columns that the line may take. */
  readonly width: number;
  readonly label: string;
  /** Steps per second; `undefined` leaves it out. */
  readonly rate?: number | undefined;
}

const MIN_BAR_WIDTH = 6;

/**
 * One line of at most `width` characters: `label [#####     ]  50% 5/10 2.5/s`. What does not fit is left out in the order rate, counts, bar;
 * the label is cut last. With an unknown total (0) it shows the count alone.
 */
export function renderProgressBar(options: ProgressBarOptions): string {
  const { width, label, done, total, rate } = options;
  const counts = total > 0 ? `${formatCount(done)}/${formatCount(total)}` : formatCount(done);
  const share = total > 0 ? Math.min(1, Math.max(0, done / total)) : 0;
  const percent = total > 0 ? `${Math.floor(share * 100)}%`.padStart(4) : "";
  const speed = rate === undefined || !Number.isFinite(rate) ? "" : `${formatCount(rate)}/s`;
  for (const tail of [[percent, counts, speed], [percent, counts], [percent || counts]]) {
    const text = tail.filter((part) => part !== "").join(" ");
    const room = width - label.length - text.length - 4;
    if (total > 0 && room >= MIN_BAR_WIDTH) return `${label} [${bar(share, Math.min(room, 40))}] ${text}`;
    if (total === 0 && room >= -3) return `${label} ${text}`;
  }
  const short = percent.trim() || counts;
  return `${label.slice(0, Math.max(0, width - short.length - 1))} ${short}`.slice(0, Math.max(0, width));
}

function bar(share: number, width: number): string {
  const filled = Math.floor(share * width);
  return "#".repeat(filled) + " ".repeat(width - filled);
}

/** `950`, `12.3k`, `4.5M`: short enough to stand still while it grows. */
function formatCount(value: number): string {
  if (value >= 999_950) return `${(value / 1e6).toFixed(1)}M`;
  if (value >= 10_000) return `${(value / 1000).toFixed(1)}k`;
  return Number.isInteger(value) || value >= 100 ? String(Math.round(value)) : value.toFixed(1);
}
