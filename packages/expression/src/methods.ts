import { formatDuration } from "./duration-text.ts";
import { formatTime } from "./time-format.ts";
import { BOOLEAN, DURATION, type ExpressionType, NUMBER, STRING, TIME } from "./types.ts";

/** A method of times or durations. Times and durations enter and leave as milliseconds. */
export interface Method {
  readonly parameter?: "time" | "duration" | "string";
  readonly result: ExpressionType;
  readonly call: (ms: number, argument: never) => unknown;
}

/** 0001-01-01T00:00:00Z, the time of records that never had one. */
const ZERO_TIME_MS = -62_135_596_800_000;
const DAY_MS = 86_400_000;

const reads = (result: ExpressionType, call: (ms: number) => unknown): Method => ({ result, call });
const datePart = (read: (date: Date) => number): Method => reads(NUMBER, (ms) => read(new Date(ms)));

function yearDay(date: Date): number {
  return Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 1)) / DAY_MS) + 1;
}

/** Methods of times, in UTC; months, days and days of the year count from 1, weekdays from Sunday = 0. */
export const TIME_METHODS: ReadonlyMap<string, Method> = new Map<string, Method>([
  ["Unix", reads(NUMBER, (ms) => Math.floor(ms / 1000))],
  ["UnixMilli", reads(NUMBER, (ms) => Math.floor(ms))],
  ["UnixMicro", reads(NUMBER, (ms) => Math.floor(ms * 1e3))],
  ["UnixNano", reads(NUMBER, (ms) => Math.floor(ms * 1e6))],
  ["Year", datePart((date) => date.getUTCFullYear())],
  ["Month", datePart((date) => date.getUTCMonth() + 1)],
  ["Day", datePart((date) => date.getUTCDate())],
  ["Hour", datePart((date) => date.getUTCHours())],
  ["Minute", datePart((date) => date.getUTCMinutes())],
  ["Second", datePart((date) => date.getUTCSeconds())],
  ["Weekday", datePart((date) => date.getUTCDay())],
  ["YearDay", datePart(yearDay)],
  ["IsZero", reads(BOOLEAN, (ms) => ms === ZERO_TIME_MS)],
  ["String", reads(STRING, (ms) => formatTime(ms, "2006-01-02 15:04:05.999 -0700 MST"))],
  ["Before", { parameter: "time", result: BOOLEAN, call: (ms, other: number) => ms < other }],
  ["After", { parameter: "time", result: BOOLEAN, call: (ms, other: number) => ms > other }],
  ["Equal", { parameter: "time", result: BOOLEAN, call: (ms, other: number) => ms === other }],
  ["Sub", { parameter: "time", result: DURATION, call: (ms, other: number) => ms - other }],
  ["Add", { parameter: "duration", result: TIME, call: (ms, span: number) => ms + span }],
  ["Format", { parameter: "string", result: STRING, call: (ms, layout: string) => formatTime(ms, layout) }],
]);

/** Methods of durations. Hours, minutes and seconds keep their fraction; the smaller units are whole. */
export const DURATION_METHODS: ReadonlyMap<string, Method> = new Map<string, Method>([
  ["Hours", reads(NUMBER, (ms) => ms / 3_600_000)],
  ["Minutes", reads(NUMBER, (ms) => ms / 60_000)],
  ["Seconds", reads(NUMBER, (ms) => ms / 1000)],
  ["Milliseconds", reads(NUMBER, (ms) => Math.trunc(ms))],
  ["Microseconds", reads(NUMBER, (ms) => Math.trunc(ms * 1e3))],
  ["Nanoseconds", reads(NUMBER, (ms) => Math.trunc(ms * 1e6))],
  ["Abs", reads(DURATION, (ms) => Math.abs(ms))],
  ["String", reads(STRING, formatDuration)],
]);
