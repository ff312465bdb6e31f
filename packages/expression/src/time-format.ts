const MONTHS = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];
const WEEKDAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/** Pieces of Go's reference time, longest first where one starts another. */
const PIECES =
  /January|Jan|Monday|Mon|MST|2006|-07:00|-0700|-07|Z07:00|Z0700|002|01|02|_2|03|04|05|06|15|PM|pm|[.,]0+(?!\d)|[.,]9+(?!\d)|1|2|3|4|5/g;

const pad = (value: number, width = 2): string => String(value).padStart(width, "0");

/**
 * Prints a time in UTC by a layout of Go's kind, which shows how Mon Jan 2 15:04:05 MST 2006 would look.
 *
 * @param ms UTC milliseconds
 */
export function formatTime(ms: number, layout: string): string {
  const date = new Date(ms);
  if (Number.isNaN(date.getTime())) return "";
  return layout.replace(PIECES, (piece) => formatPiece(date, piece));
}

function formatPiece(date: Date, piece: string): string {
  if (/^[.,][09]/.test(piece)) return formatFraction(date.getUTCMilliseconds(), piece);
  const month = MONTHS[date.getUTCMonth()] ?? "";
  const weekday = WEEKDAYS[date.getUTCDay()] ?? "";
  const hour = date.getUTCHours();
  const yearStart = Date.UTC(date.getUTCFullYear(), 0, 1);
  const parts: Readonly<Record<string, string>> = {
    January: month,
    Jan: month.slice(0, 3),
    Monday: weekday,
    Mon: weekday.slice(0, 3),
    MST: "UTC",
    "2006": pad(date.getUTCFullYear(), 4),
    "06": pad(date.getUTCFullYear() % 100),
    "01": pad(date.getUTCMonth() + 1),
    "1": String(date.getUTCMonth() + 1),
    "02": pad(date.getUTCDate()),
    "2": String(date.getUTCDate()),
    _2: String(date.getUTCDate()).padStart(2, " "),
    "002": pad(Math.floor((date.getTime() - yearStart) / 86_400_000) + 1, 3),
    "15": pad(hour),
    "03": pad(hour % 12 || 12),
    "3": String(hour % 12 || 12),
    "04": pad(date.getUTCMinutes()),
    "4": String(date.getUTCMinutes()),
    "05": pad(date.getUTCSeconds()),
    "5": String(date.getUTCSeconds()),
    PM: hour < 12 ? "AM" : "PM",
    pm: hour < 12 ? "am" : "pm",
    "-07:00": "+00:00",
    "-0700": "+0000",
    "-07": "+00",
    "Z07:00": "Z",
    Z0700: "Z",
  };
  return parts[piece] ?? piece;
}

function formatFraction(ms: number, piece: string): string {
  const digits = pad(ms, 3)
    .padEnd(9, "0")
    .slice(0, piece.length - 1);
  if (piece.charAt(1) === "0") return piece.charAt(0) + digits;
  const trimmed = digits.replace(/0+$/, "");
  return trimmed === "" ? "" : piece.charAt(0) + trimmed;
}

const MAX_LAYOUT_PIECES = 12;

/** How each piece of a layout is read: the pattern of its text, and the part of a date it gives. */
const READERS: ReadonlyMap<string, readonly [pattern: string, part: string]> = new Map([
  ["2006", ["\\d{4}", "year"]],
  ["01", ["\\d{2}", "month"]],
  ["1", ["\\d{1,2}", "month"]],
  ["Jan", ["[A-Z][a-z]{2}", "monthName"]],
  ["January", ["[A-Z][a-z]+", "monthName"]],
  ["02", ["\\d{2}", "day"]],
  ["2", ["\\d{1,2}", "day"]],
  ["_2", [" ?\\d{1,2}", "day"]],
  ["15", ["\\d{2}", "hour"]],
  ["04", ["\\d{2}", "minute"]],
  ["05", ["\\d{2}(?:\\.\\d+)?", "second"]],
  ["Mon", ["[A-Z][a-z]{2}", "ignored"]],
  ["Monday", ["[A-Z][a-z]+", "ignored"]],
  ["MST", ["UTC|GMT", "ignored"]],
  ["Z07:00", ["Z|[+-]\\d{2}:\\d{2}", "zone"]],
  ["-07:00", ["[+-]\\d{2}:\\d{2}", "zone"]],
  ["-0700", ["[+-]\\d{4}", "zone"]],
]);

const ISO_LAYOUTS = [
  "2006-01-02",
  "2006-01-02 15:04:05",
  "2006-01-02T15:04:05",
  "2006-01-02T15:04:05Z07:00",
  "Mon, 02 Jan 2006 15:04:05 MST",
];

/**
 * Reads a time, in UTC unless the text names an offset.
 *
 * @param layout a layout of Go's kind; without one the ISO forms and RFC 1123 are tried
 * @returns UTC milliseconds, or undefined when the text does not fit
 */
export function parseTime(text: string, layout?: string): number | undefined {
  for (const candidate of layout === undefined ? ISO_LAYOUTS : [layout]) {
    const ms = parseByLayout(text, candidate);
    if (ms !== undefined) return ms;
  }
  return undefined;
}

function parseByLayout(text: string, layout: string): number | undefined {
  const parts: string[] = [];
  let last = 0;
  let pattern = "";
  for (const match of layout.matchAll(PIECES)) {
    const reader = READERS.get(match[0]);
    if (reader === undefined) return undefined;
    pattern += `${literal(layout.slice(last, match.index))}(${reader[0]})`;
    parts.push(reader[1]);
    last = match.index + match[0].length;
  }
  // Adjacent one-or-two-digit pieces can be split in 2^n ways: a layout that long is no layout.
  if (parts.length > MAX_LAYOUT_PIECES) return undefined;
  const match = new RegExp(`^${pattern}${literal(layout.slice(last))}$`).exec(text);
  if (match === null) return undefined;
  return toMilliseconds(new Map(parts.map((part, index) => [part, match[index + 1] ?? ""])));
}

function literal(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

function toMilliseconds(parts: ReadonlyMap<string, string>): number | undefined {
  const number = (part: string, missing: number): number => Number(parts.get(part) ?? missing);
  const name = parts.get("monthName");
  const month = name === undefined ? number("month", 1) - 1 : MONTHS.findIndex((full) => full.slice(0, 3) === name.slice(0, 3));
  const [year, day] = [number("year", 1), number("day", 1)];
  const [hour, minute, second] = [number("hour", 0), number("minute", 0), number("second", 0)];
  if (hour > 23 || minute > 59 || second >= 60) return undefined;
  const date = new Date(0);
  date.setUTCFullYear(year, month, day);
  // A day that the month does not have rolls over to the next one, which is not what was written.
  if (month < 0 || date.getUTCMonth() !== month || date.getUTCDate() !== day) return undefined;
  return date.getTime() + ((hour * 60 + minute) * 60 + second) * 1000 - zoneMs(parts.get("zone"));
}

function zoneMs(zone: string | undefined): number {
  if (zone === undefined || zone === "Z") return 0;
  const digits = zone.replace(":", "");
  const minutes = Number(digits.slice(1, 3)) * 60 + Number(digits.slice(3, 5));
  return (digits.startsWith("-") ? -minutes : minutes) * 60_000;
}
