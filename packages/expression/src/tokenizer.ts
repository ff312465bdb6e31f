import { ExpressionError } from "./errors.ts";

export interface Token {
  readonly kind: "number" | "string" | "name" | "operator" | "end";
  /** As written, without quotes and with escapes resolved for strings. */
  readonly text: string;
  readonly value: number;
  readonly offset: number;
}

const SKIP = /(?:\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\/)+/y;
const NAME = /[\p{L}_$][\p{L}\p{N}_$]*/uy;
// A dot belongs to a number only when a digit follows, so that `1..5` is a range.
const NUMBER = /0[xX][0-9a-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|(?:\d[\d_]*(?:\.\d[\d_]*)?|\.\d[\d_]*)(?:[eE][+-]?\d+)?/y;
// `?.` before a digit is a ternary with a fraction: `a ?.5 : 1`.
const OPERATOR = /\?\?|\?\.(?!\d)|\.\?|\.\.|\*\*|==|!=|<=|>=|&&|\|\||[-+*/%^<>=!?:;.,()[\]{}#|]/y;

const ESCAPES: Readonly<Record<string, string>> = {
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  "\\": "\\",
  "'": "'",
  '"': '"',
};

/**
 * Splits a source into tokens; the last one has kind `end`. Comments (`//` and block comments) are skipped.
 *
 * @throws {ExpressionError} of kind syntax at the first character that starts no token
 */
export function tokenize(source: string): readonly Token[] {
  const tokens: Token[] = [];
  let offset = skipBlank(source, 0);
  while (offset < source.length) {
    const { token, end } = readToken(source, offset);
    tokens.push(token);
    offset = skipBlank(source, end);
  }
  tokens.push({ kind: "end", text: "", value: 0, offset: source.length });
  return tokens;
}

function skipBlank(source: string, offset: number): number {
  return offset + (matchAt(SKIP, source, offset)?.length ?? 0);
}

function matchAt(pattern: RegExp, source: string, offset: number): string | undefined {
  pattern.lastIndex = offset;
  return pattern.exec(source)?.[0];
}

function readToken(source: string, offset: number): { readonly token: Token; readonly end: number } {
  const first = source.charAt(offset);
  if (first === '"' || first === "'") return readString(source, offset, first);
  if (first === "`") return readRawString(source, offset);
  const number = matchAt(NUMBER, source, offset);
  if (number !== undefined) return readNumber(source, offset, number);
  const name = matchAt(NAME, source, offset);
  if (name !== undefined) return { token: { kind: "name", text: name, value: 0, offset }, end: offset + name.length };
  const operator = matchAt(OPERATOR, source, offset);
  if (operator !== undefined) {
    return { token: { kind: "operator", text: operator, value: 0, offset }, end: offset + operator.length };
  }
  const character = String.fromCodePoint(source.codePointAt(offset) ?? 0);
  throw new ExpressionError("syntax", `unexpected character ${JSON.stringify(character)}`, source, offset);
}

function readNumber(source: string, offset: number, text: string): { readonly token: Token; readonly end: number } {
  const end = offset + text.length;
  const value = Number(text.replaceAll("_", ""));
  if (!Number.isFinite(value) || matchAt(NAME, source, end) !== undefined) {
    throw new ExpressionError("syntax", "malformed number", source, offset);
  }
  return { token: { kind: "number", text, value, offset }, end };
}

function readString(source: string, offset: number, quote: string): { readonly token: Token; readonly end: number } {
  let text = "";
  let at = offset + 1;
  while (at < source.length) {
    const character = source.charAt(at);
    if (character === quote) return { token: { kind: "string", text, value: 0, offset }, end: at + 1 };
    if (character === "\n") break;
    if (character === "\\") {
      const resolved = readEscape(source, at);
      text += resolved.text;
      at = resolved.end;
    } else {
      text += character;
      at++;
    }
  }
  throw new ExpressionError("syntax", "string is not closed", source, offset);
}

function readEscape(source: string, offset: number): { readonly text: string; readonly end: number } {
  const letter = source.charAt(offset + 1);
  const simple = Object.hasOwn(ESCAPES, letter) ? ESCAPES[letter] : undefined;
  if (simple !== undefined) return { text: simple, end: offset + 2 };
  const hex = /x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}/y;
  const match = matchAt(hex, source, offset + 1);
  const code = match === undefined ? Number.NaN : Number.parseInt(match.slice(1), 16);
  if (match === undefined || code > 0x10ffff) {
    throw new ExpressionError("syntax", "unknown escape in a string", source, offset);
  }
  return { text: String.fromCodePoint(code), end: offset + 1 + match.length };
}

function readRawString(source: string, offset: number): { readonly token: Token; readonly end: number } {
  const close = source.indexOf("`", offset + 1);
  if (close < 0) throw new ExpressionError("syntax", "string is not closed", source, offset);
  return { token: { kind: "string", text: source.slice(offset + 1, close), value: 0, offset }, end: close + 1 };
}
