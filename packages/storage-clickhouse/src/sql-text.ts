/**
 * For a query that reads in the order of the sorting key and stops early. With the server's defaults each thread would merge blocks of 65,000
 * rows before the first one is out: 190 ms of CPU for 100 rows of a million, against 10 ms.
 */
export const IN_ORDER = "SETTINGS max_threads = 1, max_block_size = 1024";

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
