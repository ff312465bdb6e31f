/** 1-based position in a text. */
export interface TextPosition {
  readonly line: number;
  readonly column: number;
}

const BLANK = /(?:[ \t\r\n]+|#[^\n]*)+/y;
const BARE_KEY = /[A-Za-z0-9_-]+/y;
const BARE_VALUE = /[^,\]}\n#]+/y;
const STRINGS = [/"""[\s\S]*?(?<!\\)(?:\\\\)*"{3,5}/y, /'''[\s\S]*?'{3,5}/y, /"(?:\\.|[^"\\\n])*"/y, /'[^'\n]*'/y];

/**
 * Finds where every key, table header and element of a TOML document stands; the parser itself keeps no positions.
 *
 * @param text a document that the parser has accepted
 * @returns positions by dotted path in lower case, such as `recommend.non-personalized[0].score`
 * Cost: O(length of the text).
 */
export function locateKeys(text: string): ReadonlyMap<string, TextPosition> {
  return new Locator(text).locate();
}

class Locator {
  readonly #text: string;
  readonly #positions = new Map<string, TextPosition>();
  /** Index of the last table of each array of tables. */
  readonly #arrays = new Map<string, number>();
  #at = 0;
  #line = 1;
  #lineStart = 0;
  #counted = 0;

  constructor(text: string) {
    this.#text = text;
  }

  locate(): ReadonlyMap<string, TextPosition> {
    let table = "";
    this.#skip(BLANK);
    while (this.#at < this.#text.length) {
      const start = this.#at;
      if (this.#text.startsWith("[", start)) table = this.#header();
      else this.#pair(table);
      this.#skip(BLANK);
      // The parser has accepted the text, so this stands still only where the two disagree; go on with the next character.
      if (this.#at === start) this.#at++;
    }
    return this.#positions;
  }

  #skip(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0] ?? "";
    this.#at += found.length;
    return found;
  }

  #record(path: string, offset: number): void {
    for (; this.#counted < offset; this.#counted++) {
      if (this.#text[this.#counted] === "\n") {
        this.#line++;
        this.#lineStart = this.#counted + 1;
      }
    }
    if (!this.#positions.has(path)) this.#positions.set(path, { line: this.#line, column: offset - this.#lineStart + 1 });
  }

  #header(): string {
    const start = this.#at;
    const isArray = this.#text.startsWith("[[", start);
    this.#at += isArray ? 2 : 1;
    let path = this.#inside("", this.#keys());
    if (isArray) {
      const index = (this.#arrays.get(path) ?? -1) + 1;
      this.#arrays.set(path, index);
      this.#record(path, start);
      path = `${path}[${index}]`;
    }
    this.#record(path, start);
    this.#skip(/[ \t]*\]{1,2}/y);
    return path;
  }

  /** Path of keys under a table; a key that names an array of tables means its last one, save at the end. */
  #inside(table: string, keys: readonly string[]): string {
    return keys.reduce((path, key, position) => {
      const joined = path === "" ? key : `${path}.${key}`;
      const index = position < keys.length - 1 ? this.#arrays.get(joined) : undefined;
      return index === undefined ? joined : `${joined}[${index}]`;
    }, table);
  }

  #keys(): readonly string[] {
    const keys: string[] = [];
    do {
      this.#skip(/[ \t]+/y);
      const quoted = this.#string();
      const key = quoted === "" ? this.#skip(BARE_KEY) : unquote(quoted);
      keys.push(key.toLowerCase());
      this.#skip(/[ \t]+/y);
    } while (this.#skip(/\./y) !== "");
    return keys;
  }

  #string(): string {
    for (const pattern of STRINGS) {
      const found = this.#skip(pattern);
      if (found !== "") return found;
    }
    return "";
  }

  #pair(table: string): void {
    const start = this.#at;
    const keys = this.#keys();
    const path = this.#inside(table, keys);
    // Of a dotted key the tables on the way are recorded too, for problems that name them.
    for (let length = 1; length < keys.length; length++) this.#record(this.#inside(table, keys.slice(0, length)), start);
    this.#record(path, start);
    this.#skip(/[ \t]*=[ \t]*/y);
    this.#value(path);
  }

  #value(path: string): void {
    if (this.#string() !== "") return;
    if (this.#skip(/\[/y) !== "") this.#elements(path);
    else if (this.#skip(/\{/y) !== "") this.#inlineTable(path);
    else this.#skip(BARE_VALUE);
  }

  #elements(path: string): void {
    for (let index = 0; this.#at < this.#text.length; index++) {
      this.#skip(BLANK);
      if (this.#skip(/\]/y) !== "") return;
      const start = this.#at;
      this.#record(`${path}[${index}]`, start);
      this.#value(`${path}[${index}]`);
      this.#skip(BLANK);
      this.#skip(/,/y);
      if (this.#at === start) return;
    }
  }

  #inlineTable(path: string): void {
    while (this.#at < this.#text.length) {
      this.#skip(BLANK);
      if (this.#skip(/\}/y) !== "") return;
      const start = this.#at;
      this.#pair(path);
      this.#skip(BLANK);
      this.#skip(/,/y);
      if (this.#at === start) return;
    }
  }
}

function unquote(key: string): string {
  if (key.startsWith("'")) return key.slice(1, -1);
  // TOML's escapes are JSON's, save for the eight-digit ones, which no key of the configuration has.
  try {
    return String(JSON.parse(key));
  } catch {
    return key.slice(1, -1);
  }
}
