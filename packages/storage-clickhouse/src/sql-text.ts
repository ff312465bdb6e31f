const ESCAPES: Readonly<Record<string, string>> = { "\\": "\\\\", "'": "\\'", "\0": "\\0" };

/** A text as a literal of ClickHouse's SQL. */
export function quote(text: string): string {
  return `'${text.replace(/[\\'\0]/g, (character) => ESCAPES[character] ?? character)}'`;
}

/**
 * Texts as an array. One literal that the server takes apart: a list of many literals costs its parser many times as much
 * (100,000 keys: 4 s against 0.1 s). NUL stands in no id.
 *
 * @param texts at least one
 */
export function textArray(texts: readonly string[]): string {
  return `splitByChar('\\0', ${quote(texts.join("\0"))})`;
}
