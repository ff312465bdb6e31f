import { ZERO_TIME_MS } from "@furze/core";
import { badRequest } from "../http-error.ts";

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const MONTH =
  "(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\\.?";
const WEEKDAY = "(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,?\\s+)?";
const CLOCK = "(\\d{1,2}):(\\d{2})(?::(\\d{2})(?:[.,](\\d{1,9}))?)?\\s*([ap]\\.?m\\.?)?";
const ZONE = "(?:\\s*(z|[+-]\\d{2}(?::?\\d{2})?))?(?:\\s*\\(?([a-z]{1,5})\\)?)?";
const TIME = `(?:${CLOCK}${ZONE})?`;

/** Offsets that RFC 2822 fixes; other abbreviations are ambiguous and stand only behind a numeric offset. */
const ZONE_HOURS: Readonly<Record<string, number>> = {
  z: 0,
  ut: 0,
  utc: 0,
  gmt: 0,
  est: -5,
  edt: -4,
  cst: -6,
  cdt: -5,
  mst: -7,
  mdt: -6,
  pst: -8,
  pdt: -7,
};

type DateOrder = readonly ("year" | "month" | "day")[];

/** Date layouts; each is followed by an optional time. Groups of the date come first, then the six of the time. */
const LAYOUTS: readonly { readonly pattern: RegExp; readonly order: DateOrder }[] = [
  layout("(\\d{4})[-/.](\\d{1,2})[-/.](\\d{1,2})(?:[t\\s,]\\s*|$)", ["year", "month", "day"]),
  layout("(\\d{4})[-/.](\\d{1,2})$", ["year", "month"]),
  layout("(\\d{1,2})[/.](\\d{1,2})[/.](\\d{4}|\\d{2})(?:[t\\s,]\\s*|$)", ["month", "day", "year"]),
  layout(`${WEEKDAY}(\\d{1,2})(?:st|nd|rd|th)?[\\s-]+${MONTH},?[\\s-]+(\\d{4}|\\d{2}),?(?:\\s+|$)`, ["day", "month", "year"]),
  layout(`${WEEKDAY}${MONTH}\\s+(\\d{1,2})(?:st|nd|rd|th)?,?\\s+(\\d{4}),?(?:\\s+(?:at\\s+)?|$)`, ["month", "day", "year"]),
];
// What Go's time.ANSIC, UnixDate and Ruby print: the year at the end.
const YEAR_LAST = new RegExp(`^${WEEKDAY}${MONTH}\\s+(\\d{1,2})\\s+${CLOCK}${ZONE}\\s+(\\d{4})$`, "i");

const RFC3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:[.,]\d+)?(?:Z|[+-]\d{2}:\d{2})$/;
const DIGIT_ZERO = 48;
/** The calendar repeats after that many years and days. */
const CYCLE_YEARS = 400;
const CYCLE_MS = 146_097 * 86_400_000;
/** Every month has as many. */
const MIN_MONTH_DAYS = 28;

const MAX_TIME_MS = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/**
 * Reads a time as an insert carries it: RFC 3339, dates with `-`, `/` or `.`, `20240102`, month names, RFC 1123,
 * `03/04/2014` (month first), unix seconds, milliseconds, microseconds or nanoseconds by their number of digits.
 * Empty text is the zero time; without a zone it is UTC; digits below a millisecond are dropped.
 *
 * @returns UTC milliseconds in the years 1 to 9999
 * @throws {HttpError} 400 `Could not find format for "..."` for anything else, also for a day that no calendar has
 */
export function parseTimestamp(text: string): number {
  const trimmed = text.trim();
  if (trimmed === "") return ZERO_TIME_MS;
  // The longest text any layout matches is far below; this bounds the work of the expressions.
  const ms = trimmed.length > 80 ? undefined : (fromRfc3339(trimmed) ?? fromDigits(trimmed) ?? fromLayouts(trimmed));
  if (ms === undefined || ms < ZERO_TIME_MS || ms > MAX_TIME_MS) {
    throw badRequest(`Could not find format for ${JSON.stringify(text.slice(0, 80))}`);
  }
  return ms;
}

/**
 * Reads a time as a patch carries it: RFC 3339 only.
 *
 * @throws {HttpError} 400 `parsing time ...`
 */
export function parseRfc3339(text: string): number {
  const ms = fromRfc3339(text);
  if (ms === undefined || ms < ZERO_TIME_MS || ms > MAX_TIME_MS) {
    const quoted = JSON.stringify(text.slice(0, 80));
    throw badRequest(
      `parsing time ${quoted} as "2006-01-02T15:04:05Z07:00": cannot parse ${quoted} as "2006-01-02T15:04:05Z07:00"`,
    );
  }
  return ms;
}

/** Bulk inserts come through here: reading digits where the pattern says they are costs a fraction of what its groups would. */
function fromRfc3339(text: string): number | undefined {
  if (!RFC3339.test(text)) return undefined;
  const zoneAt = text.length - (text.endsWith("Z") ? 1 : "+00:00".length);
  const second = {
    year: digitsAt(text, 0, 4),
    month: digitsAt(text, 5, 7),
    day: digitsAt(text, 8, 10),
    hour: digitsAt(text, 11, 13),
    minute: digitsAt(text, 14, 16),
    second: digitsAt(text, 17, 19),
  };
  const ms = secondToMs(second);
  return ms === undefined
    ? undefined
    : ms + fractionToMs(text, 20, zoneAt) - (text.endsWith("Z") ? 0 : offsetMs(text.slice(zoneAt)));
}

function digitsAt(text: string, start: number, end: number): number {
  let number = 0;
  for (let at = start; at < end; at++) number = number * 10 + text.charCodeAt(at) - DIGIT_ZERO;
  return number;
}

function fromDigits(text: string): number | undefined {
  if (!/^\d+$/.test(text)) return undefined;
  const parts = (...lengths: number[]): number[] => {
    let at = 0;
    return lengths.map((length) => {
      at += length;
      return Number(text.slice(at - length, at));
    });
  };
  if (text.length === 4) return toMs(parts(4));
  if (text.length === 6) return toMs(parts(4, 2));
  if (text.length === 8) return toMs(parts(4, 2, 2));
  if (text.length === 14) return toMs(parts(4, 2, 2, 2, 2, 2));
  if (text.length === 10) return Number(text) * 1000;
  if (text.length === 13) return Number(text);
  if (text.length === 16) return Number(text.slice(0, 13));
  if (text.length === 19) return Number(text.slice(0, 13));
  return undefined;
}

function fromLayouts(text: string): number | undefined {
  for (const { pattern, order } of LAYOUTS) {
    const match = pattern.exec(text);
    if (match === null) continue;
    const date = dateParts(match.slice(1, order.length + 1), order);
    return date === undefined ? undefined : withTime(date, match.slice(order.length + 1));
  }
  const match = YEAR_LAST.exec(text);
  if (match === null) return undefined;
  const date = dateParts([match[1], match[2], match.at(-1)], ["month", "day", "year"]);
  return date === undefined ? undefined : withTime(date, match.slice(3, -1));
}

function layout(date: string, order: DateOrder): { pattern: RegExp; order: DateOrder } {
  return { pattern: new RegExp(`^${date}${TIME}$`, "i"), order };
}

function dateParts(texts: readonly (string | undefined)[], order: DateOrder): number[] | undefined {
  const part = (name: "year" | "month" | "day"): string | undefined => texts[order.indexOf(name)];
  const yearText = part("year") ?? "";
  const monthText = (part("month") ?? "").toLowerCase();
  // Two digits as Go reads them: 69 to 99 are of the last century.
  const century = yearText.length > 2 ? 0 : Number(yearText) >= 69 ? 1900 : 2000;
  const month = /^\d/.test(monthText) ? Number(monthText) : MONTHS.indexOf(monthText.slice(0, 3)) + 1;
  return [Number(yearText) + century, month, Number(part("day") ?? 1)];
}

function withTime(date: readonly number[], groups: readonly (string | undefined)[]): number | undefined {
  const [hourText, minute, second, fraction, meridiem, zone, abbreviation] = groups;
  if (hourText === undefined) return toMs(date);
  let hour = Number(hourText);
  if (meridiem !== undefined) {
    if (hour < 1 || hour > 12) return undefined;
    hour = (hour % 12) + (meridiem.toLowerCase().startsWith("p") ? 12 : 0);
  }
  let offset = 0;
  if (zone !== undefined && zone.toLowerCase() !== "z") offset = offsetMs(zone);
  else if (zone === undefined && abbreviation !== undefined) {
    const hours = ZONE_HOURS[abbreviation.toLowerCase()];
    if (hours === undefined) return undefined;
    offset = hours * 3_600_000;
  }
  return toMs([...date, hour, Number(minute), Number(second ?? 0)], fraction, offset);
}

function offsetMs(zone: string): number {
  const digits = zone.replace(/\D/g, "").padEnd(4, "0");
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2));
  return (zone.startsWith("-") ? -1 : 1) * minutes * 60_000;
}

function toMs(parts: readonly number[], fraction = "", offset = 0): number | undefined {
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = parts;
  const ms = secondToMs({ year, month, day, hour, minute, second });
  return ms === undefined ? undefined : ms + fractionToMs(fraction, 0, fraction.length) - offset;
}

interface Second {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

function secondToMs({ year, month, day, hour, minute, second }: Second): number | undefined {
  if (month < 1 || month > 12 || day < 1) return undefined;
  // A cycle later, as `Date.UTC` takes years below 100 for those of the last century.
  const dayMs = Date.UTC(year + CYCLE_YEARS, month - 1, day);
  if (day > MIN_MONTH_DAYS && dayMs >= Date.UTC(year + CYCLE_YEARS, month, 1)) return undefined;
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  return dayMs - CYCLE_MS + ((hour * 60 + minute) * 60 + second) * 1000;
}

/** Digits behind the point, as milliseconds; more than three are cut off. */
function fractionToMs(text: string, start: number, end: number): number {
  const length = Math.min(3, end - start);
  return length <= 0 ? 0 : digitsAt(text, start, start + length) * 10 ** (3 - length);
}
