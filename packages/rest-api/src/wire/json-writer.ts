import { type Feedback, type Item, type JsonValue, type User, ZERO_TIME_MS } from "@furze/core";

// Written by hand because these texts are nearly all that a read does: `JSON.stringify` with indent takes several times as long.
// The layout is that of Go's encoder: one space per level, `<`, `>` and `&` escaped, keys of labels in order.

const NEEDS_CARE = /[^ !#$%'-;=?-[\]-~]/;
const HTML = /[<>&\u2028\u2029]/g;

/** A JSON string. */
export function quote(text: string): string {
  if (!NEEDS_CARE.test(text)) return `"${text}"`;
  return JSON.stringify(text).replace(HTML, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** UTC in RFC 3339; a fraction only when there is one. */
export function formatTime(ms: number): string {
  const text = new Date(ms).toISOString();
  return text.endsWith(".000Z") ? `${text.slice(0, 19)}Z` : text.replace(/0+Z$/, "Z");
}

/** `Last-Modified` as Gorse prints it, with the zone `UTC`; the zero time for a list that was never made. */
export function formatHttpTime(ms: number | undefined): string {
  return new Date(ms ?? ZERO_TIME_MS).toUTCString().replace("GMT", "UTC");
}

const INDENTS = Array.from({ length: 64 }, (_, depth) => `\n${" ".repeat(depth)}`);

function newline(depth: number): string {
  return INDENTS[depth] ?? `\n${" ".repeat(depth)}`;
}

function number(value: number): string {
  return Number.isFinite(value) ? String(value) : "0";
}

/** Any JSON value at a depth; keys of objects in ascending order. */
export function writeValue(value: JsonValue, depth = 0): string {
  if (typeof value === "string") return quote(value);
  if (typeof value === "number") return number(value);
  if (value === null || typeof value !== "object") return String(value);
  if (isList(value)) return writeList(value, writeValue, depth);
  const keys = Object.keys(value);
  if (keys.length === 0) return "{}";
  if (keys.some((key, place) => place > 0 && key < (keys[place - 1] ?? ""))) keys.sort();
  const line = newline(depth + 1);
  const fields = keys.map((key) => `${line}${quote(key)}: ${writeValue(value[key] ?? null, depth + 1)}`);
  return `{${fields.join(",")}${newline(depth)}}`;
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

/** A list whose rows `writeRow` prints one level deeper. */
export function writeList<Row>(rows: readonly Row[], writeRow: (row: Row, depth: number) => string, depth = 0): string {
  if (rows.length === 0) return "[]";
  const line = newline(depth + 1);
  let text = "[";
  for (let place = 0; place < rows.length; place++) {
    text += `${place === 0 ? "" : ","}${line}${writeRow(rows[place] as Row, depth + 1)}`;
  }
  return `${text}${newline(depth)}]`;
}

/** An object whose fields stand in the order given. */
export function writeFields(depth: number, fields: Readonly<Record<string, JsonValue>>): string {
  return writeTexts(
    depth,
    Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, writeValue(value, depth + 1)])),
  );
}

/** As `writeFields`, of values that are JSON text already. */
export function writeTexts(depth: number, fields: Readonly<Record<string, string>>): string {
  const line = newline(depth + 1);
  return `{${Object.entries(fields)
    .map(([name, text]) => `${line}"${name}": ${text}`)
    .join(",")}${newline(depth)}}`;
}

export function writeRowAffected(count: number): string {
  return `{\n "RowAffected": ${count}\n}`;
}

/** A page: `{"Cursor": ..., "Users": [...]}`. */
export function writePage<Row>(
  cursor: string,
  name: string,
  rows: readonly Row[],
  writeRow: (row: Row, depth: number) => string,
): string {
  return `{\n "Cursor": ${quote(cursor)},\n "${name}": ${writeList(rows, writeRow, 1)}\n}`;
}

export function writeUser(user: User, depth = 0): string {
  const line = newline(depth + 1);
  return (
    `{${line}"UserId": ${quote(user.userId)},${line}"Labels": ${writeValue(user.labels, depth + 1)}` +
    `,${line}"Comment": ${quote(user.comment)}${newline(depth)}}`
  );
}

/** An item; without categories they are `null`, as Gorse prints a list that was never given. */
export function writeItem(item: Item, depth = 0): string {
  const line = newline(depth + 1);
  const categories = item.categories.length === 0 ? "null" : writeList(item.categories, quote, depth + 1);
  return (
    `{${line}"ItemId": ${quote(item.itemId)},${line}"IsHidden": ${item.isHidden},${line}"Categories": ${categories}` +
    `,${line}"Timestamp": "${formatTime(item.timestampMs)}",${line}"Labels": ${writeValue(item.labels, depth + 1)}` +
    `,${line}"Comment": ${quote(item.comment)}${newline(depth)}}`
  );
}

export function writeFeedback(row: Feedback, depth = 0): string {
  const line = newline(depth + 1);
  return (
    `{${line}"FeedbackType": ${quote(row.feedbackType)},${line}"UserId": ${quote(row.userId)}` +
    `,${line}"ItemId": ${quote(row.itemId)},${line}"Value": ${number(row.value)}` +
    `,${line}"Timestamp": "${formatTime(row.timestampMs)}",${line}"Updated": "${formatTime(row.updatedMs)}"` +
    `,${line}"Comment": ${quote(row.comment)}${newline(depth)}}`
  );
}

/** A row that `writeItem` or `writeUser` has written at this depth, with more fields at its end. */
export function writeExtended(row: string, depth: number, fields: Readonly<Record<string, JsonValue>>): string {
  const end = newline(depth).length + 1;
  return `${row.slice(0, -end)},${writeFields(depth, fields).slice(1)}`;
}

/** One entry of a ranked list: `{"Id": ..., "Score": ...}`. */
export function writeScore(id: string, score: number, depth = 0): string {
  const line = newline(depth + 1);
  return `{${line}"Id": ${quote(id)},${line}"Score": ${number(score)}${newline(depth)}}`;
}
