/** What stands in a log instead of a secret. */
export const REDACTED = "[redacted]";

const SECRET_NAME = /(api_?key|access_?key|private_?key|token|passw(or)?d|passphrase|authorization|secret|credential|cookie)/;
/** Names that only count things which are called like secrets. */
const HARMLESS_NAME = /^(num|max|total|prompt|completion)_tokens$|^tokens_per_|_(count|ms|bytes)$/;

/** `scheme://user:password@`: a password may hold raw `/` and `@`, so it reaches to the last `@` of the word. */
const URI_PASSWORD = /([a-z][a-z0-9+.-]*:\/\/[^\s:/@"']*):[^\s"']*@/gi;
const QUERY_SECRET = /([?&;](?:[a-z0-9_-]*(?:password|passwd|token|secret|api[_-]?key|access[_-]?key|signature))=)[^&;\s"']+/gi;
const BEARER = /\b(bearer)\s+[\w.~+/=-]+/gi;
/** "basic" is also a word: only what looks like Base64 follows it. */
const BASIC = /\b([Bb]asic)\s+(?=[a-z]*[A-Z0-9+/=])[\w+/=]+/g;

const MAX_DEPTH = 8;

/** Whether a field of this name holds a secret, whatever its spelling: `apiKey`, `admin_api_key`, `X-API-Key`. */
export function isSecretName(name: string): boolean {
  const normal = name
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .toLowerCase()
    .replaceAll("-", "_");
  return SECRET_NAME.test(normal) && !HARMLESS_NAME.test(normal);
}

/** Masks passwords of URIs, secret query parameters and authorization headers inside a text. */
export function redactText(text: string): string {
  return text
    .replace(URI_PASSWORD, `$1:${REDACTED}@`)
    .replace(QUERY_SECRET, `$1${REDACTED}`)
    .replace(BEARER, `$1 ${REDACTED}`)
    .replace(BASIC, `$1 ${REDACTED}`);
}

/**
 * Copies a value for a log: fields with a secret's name are replaced, texts masked, errors spelled out with code and cause,
 * cycles and what lies deeper than eight levels cut.
 */
export function redact(value: unknown): unknown {
  return copy(value, 0, new Set());
}

function copy(value: unknown, depth: number, parents: Set<object>): unknown {
  if (typeof value === "string") return redactText(value);
  if (typeof value === "bigint") return value.toString();
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (value instanceof URL) return redactText(value.href);
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (depth >= MAX_DEPTH || parents.has(value)) return "[cut]";
  parents.add(value);
  const result = copyObject(value, (inner) => copy(inner, depth + 1, parents));
  parents.delete(value);
  return result;
}

function copyObject(value: object, next: (inner: unknown) => unknown): unknown {
  if (Array.isArray(value) || value instanceof Set) return Array.from(value, next);
  const entries = value instanceof Map ? [...value] : entriesOf(value);
  const result: Record<string, unknown> = {};
  for (const [key, inner] of entries) {
    const name = String(key);
    const isSecret = isSecretName(name) && inner !== undefined && inner !== null && inner !== "";
    // Plain assignment would set the prototype for the one name that is not a field.
    Object.defineProperty(result, name, { value: isSecret ? REDACTED : next(inner), enumerable: true });
  }
  return result;
}

function entriesOf(value: object): [string, unknown][] {
  if (!(value instanceof Error)) return Object.entries(value);
  const own = Object.entries(value).filter(([name]) => name !== "name" && name !== "cause");
  const spelled: [string, unknown][] = [["name", value.name], ["message", value.message], ...own, ["stack", value.stack]];
  if (value.cause !== undefined) spelled.push(["cause", value.cause]);
  return spelled;
}
