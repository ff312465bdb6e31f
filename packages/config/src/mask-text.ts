import type { KeyKind } from "./section.ts";

/** Stands for a secret where the configuration is shown. */
export const MASK = "********";

const SECRET_NAME =
  "(?:password|passwd|pwd|secret|token|api[_-]?key|access[_-]?key|account[_-]?key|private[_-]?key|credential|authorization)";
/** A password in an address within a text: up to the last `@` before a space or a quotation mark. */
const ADDRESS = /([a-z][a-z0-9+.-]*:\/\/[^\s:@/?"'`]*):[^\s"'`]*@/gi;
const PARAMETER = new RegExp(`([?&;][^=&;\\s"'\`]*(?:${SECRET_NAME}|key)[^=&;\\s"'\`]*=)[^&;\\s"'\`]+`, "gi");
/** `apiKey = "..."`, `"X-API-Key": "..."`, `headers["token"] = "..."`. */
const ASSIGNMENT = new RegExp(`(${SECRET_NAME}[\\w-]*["'\`]?\\]?\\s*[:=]\\s*)(["'\`])(?:\\\\.|(?!\\2)[^\\\\])*\\2`, "gi");
const SCHEME = /\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{4,}/g;
/** Secrets that services give a form of their own: OpenAI, GitHub, Slack, Amazon, Google, JSON web tokens. */
const FORM =
  /\b(?:sk-[\w-]{16,}|gh[opsu]_\w{20,}|github_pat_\w{20,}|xox[abprs]-[\w-]{10,}|AKIA[0-9A-Z]{16}|AIza[\w-]{30,}|eyJ[\w-]{10,}\.[\w-]+\.[\w-]+)/g;

/** What a value of a key looks like where people may see it. Values that are neither text nor lists of texts stay as they are. */
export function maskValue<T>(value: T, isSecret: boolean, kind: KeyKind): T {
  if (typeof value === "string") return maskOne(value, isSecret, kind) as T;
  if (!Array.isArray(value)) return value;
  return value.map((one) => (typeof one === "string" ? maskOne(one, isSecret, kind) : one)) as T;
}

function maskOne(text: string, isSecret: boolean, kind: KeyKind): string {
  if (text === "") return "";
  if (isSecret) return MASK;
  return kind === "uri" ? maskUri(text) : maskText(text);
}

/**
 * Replaces the password of an address, `scheme://user:password@host`, and parameters that hold secrets.
 * A password may itself contain `@`, `/` and `?`: everything up to the last `@` is taken for one.
 */
export function maskUri(uri: string): string {
  const withoutPassword = uri.replace(/^([a-z][a-z0-9+.-]*:\/\/[^:@/?]*):.*@/is, `$1:${MASK}@`);
  return withoutPassword.replace(/([?&][^=&]*(?:password|passwd|pwd|secret|token|key)[^=&]*=)[^&]*/gi, `$1${MASK}`);
}

/** Replaces what looks like a secret inside a longer text, such as a script. It can miss what looks like any other word. */
export function maskText(text: string): string {
  return text
    .replace(ADDRESS, `$1:${MASK}@`)
    .replace(PARAMETER, `$1${MASK}`)
    .replace(ASSIGNMENT, `$1$2${MASK}$2`)
    .replace(SCHEME, `$1 ${MASK}`)
    .replace(FORM, MASK);
}
