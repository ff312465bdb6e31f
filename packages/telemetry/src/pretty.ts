const TIME_LENGTH = "12:34:56.789".length;
const PLAIN_TEXT = /^[\w./:@+-]+$/;

/** Keys that a line shows in front or not at all. */
const LEADING: ReadonlySet<string> = new Set(["level", "time", "msg", "pid", "hostname"]);

/**
 * Turns one JSON log line into one for people: `12:34:56.789 WARN  message key=value`, errors with their stack below.
 * What is no JSON object comes back as it is.
 */
export function prettyLine(json: string): string {
  let record: unknown;
  try {
    record = JSON.parse(json);
  } catch {
    return json;
  }
  if (typeof record !== "object" || record === null) return json;
  const { level, time, msg } = record as Record<string, unknown>;
  const fields = Object.entries(record).filter(([key]) => !LEADING.has(key));
  const clock = typeof time === "string" ? time.slice(11, 11 + TIME_LENGTH) : "";
  const head = `${clock} ${String(level).toUpperCase().padEnd(5)} ${escapeControls(String(msg ?? ""))}`;
  return [head, ...fields.map(([key, value]) => `${escapeControls(key)}=${formatValue(value)}`)].join(" ") + stacks(fields);
}

function formatValue(value: unknown): string {
  if (isErrorLike(value)) return escapeControls(JSON.stringify(value.message));
  if (typeof value === "string" && PLAIN_TEXT.test(value)) return value;
  return escapeControls(JSON.stringify(value));
}

function stacks(fields: readonly [string, unknown][]): string {
  const lines = fields.flatMap(([, value]) => (isErrorLike(value) ? value.stack.split("\n").slice(1) : []));
  return lines.map((line) => `\n${escapeControls(line)}`).join("");
}

function isErrorLike(value: unknown): value is { message: string; stack: string } {
  if (typeof value !== "object" || value === null) return false;
  const { message, stack } = value as Record<string, unknown>;
  return typeof message === "string" && typeof stack === "string";
}

/** A terminal must never run what somebody put into an id. */
function escapeControls(text: string): string {
  return text.replace(/\p{Cc}/gu, (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
