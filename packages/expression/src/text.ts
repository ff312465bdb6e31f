import { type Frame, MAX_TEXT_LENGTH, spend, spendText, withinDepth } from "./code.ts";
import { formatDuration } from "./duration-text.ts";
import { formatTime } from "./time-format.ts";
import { DepthError, DurationValue, MAX_VALUE_DEPTH, TimeValue } from "./values.ts";

/** A value as text: texts as they are, times and durations as Go prints them, lists and maps as JSON. */
export function asText(frame: Frame, offset: number, value: unknown): string {
  if (typeof value === "string") return value;
  return spendText(
    frame,
    withinDepth(frame, offset, () => print(frame, offset, value, 0)),
    offset,
  );
}

function print(frame: Frame, offset: number, value: unknown, depth: number): string {
  spend(frame, 1, offset);
  if (depth > MAX_VALUE_DEPTH) throw new DepthError();
  if (value === null || value === undefined) return "nil";
  if (typeof value === "string") return JSON.stringify(value);
  if (value instanceof TimeValue) return formatTime(value.ms, "2006-01-02 15:04:05.999 -0700 MST");
  if (value instanceof DurationValue) return formatDuration(value.ms);
  if (typeof value !== "object") return String(value);
  const isList = Array.isArray(value);
  const parts: string[] = [];
  let length = 0;
  for (const [key, element] of Object.entries(value)) {
    const shown = print(frame, offset, element, depth + 1);
    const part = isList ? shown : `${JSON.stringify(key)}:${shown}`;
    parts.push(part);
    length += part.length;
    if (length > MAX_TEXT_LENGTH) break;
  }
  return isList ? `[${parts.join(",")}]` : `{${parts.join(",")}}`;
}
