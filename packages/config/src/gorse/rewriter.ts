import type { ConfigProblem } from "../config-error.ts";
import { isTable } from "../paths.ts";

type MutableTable = Record<string, unknown>;

/** Moves the values of a file from old keys to new ones, and remembers what came from where. */
export class Rewriter {
  /** The file's tables, changed in place. */
  readonly raw: MutableTable;
  readonly notes: ConfigProblem[] = [];
  readonly problems: ConfigProblem[] = [];
  /** Old key by new key, both dotted. */
  readonly origins: Map<string, string> = new Map();

  constructor(raw: MutableTable) {
    this.raw = raw;
  }

  get(path: string): unknown {
    return path.split(".").reduce<unknown>((table, key) => (isTable(table) ? table[key] : undefined), this.raw);
  }

  has(path: string): boolean {
    return this.get(path) !== undefined;
  }

  /** Takes a value out of the file; a table that is empty then goes with it. */
  take(path: string): unknown {
    const value = this.get(path);
    const cut = path.lastIndexOf(".");
    if (value === undefined) return undefined;
    const table = cut < 0 ? this.raw : (this.get(path.slice(0, cut)) as MutableTable);
    delete table[path.slice(cut + 1)];
    if (cut > 0 && Object.keys(table).length === 0) this.take(path.slice(0, cut));
    return value;
  }

  /**
   * Gives a new key the value of an old one, or what it stands for. A value that the file has under the new key wins.
   *
   * @returns whether the new key has that value now
   */
  give(path: string, value: unknown, origin: string): boolean {
    if (this.has(path)) return false;
    const keys = path.split(".");
    const name = keys.pop() ?? "";
    let table = this.raw;
    for (const key of keys) {
      table[key] ??= {};
      const inner = table[key];
      // Something else stands where the table belongs: that is reported when the file is checked.
      if (!isTable(inner)) return false;
      table = inner as MutableTable;
    }
    table[name] = value;
    this.origins.set(path, origin);
    return true;
  }

  /** Adds a table to an array of tables unless that has one of the same name. */
  addTable(path: string, entry: Readonly<Record<string, unknown>>, origin: string): void {
    const list = this.get(path) ?? [];
    if (!Array.isArray(list) || list.some((one) => isTable(one) && one.name === entry.name)) return;
    this.origins.set(`${path}[${list.length}]`, origin);
    if (list.length === 0) this.give(path, [entry], origin);
    else list.push(entry);
  }

  /** Renames a key. */
  move(from: string, to: string): void {
    const value = this.take(from);
    if (value === undefined) return;
    if (this.give(to, value, from)) this.note(from, `is now ${to}`);
    else this.note(from, `has no effect, as ${to} is set too`);
  }

  note(path: string, message: string): void {
    this.notes.push({ path, message });
  }

  problem(path: string, message: string): void {
    this.problems.push({ path, message });
  }
}
