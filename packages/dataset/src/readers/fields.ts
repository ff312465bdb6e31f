import { InvalidArgumentError, type JsonValue, ZERO_TIME_MS } from "@furze/core";
import type { FileReaderOptions } from "./reader-options.ts";

/** Typed access to the fields of one raw row under the names of core records. */
export class Fields {
  readonly #options: FileReaderOptions;
  /** Column of each field, found at the first row that has it. */
  readonly #columns: Map<string, string>;
  #row: Readonly<Record<string, unknown>> = {};

  constructor(options: FileReaderOptions) {
    this.#options = options;
    this.#columns = new Map(Object.entries(options.columns ?? {}));
  }

  use(row: Readonly<Record<string, unknown>>): this {
    this.#row = row;
    return this;
  }

  /** Value of a field, `undefined` when the row has no such column or nothing in it. */
  get(field: string): unknown {
    const known = this.#columns.get(field);
    let value = known === undefined ? undefined : this.#row[known];
    if (value === undefined && this.#options.columns?.[field] === undefined) {
      const column = Object.keys(this.#row).find((name) => plain(name) === plain(field));
      if (column === undefined) return undefined;
      this.#columns.set(field, column);
      value = this.#row[column];
    }
    return value === "" || value === null ? undefined : value;
  }

  /** @throws {InvalidArgumentError} if it is missing, or neither text nor a number */
  text(field: string, fallback?: string): string {
    const value = this.get(field) ?? fallback;
    if (typeof value === "string") return value;
    if (typeof value === "number") return String(value);
    throw new InvalidArgumentError(field, value === undefined ? `${field} is missing` : `${field} is not text`);
  }

  /** @throws {InvalidArgumentError} if it is not a finite number */
  number(field: string, fallback: number): number {
    const value = this.get(field) ?? fallback;
    const number = typeof value === "string" ? Number(value) : value;
    if (typeof number === "number" && Number.isFinite(number)) return number;
    throw new InvalidArgumentError(field, `${field} is not a number: ${JSON.stringify(value)}`);
  }

  /** UTC milliseconds; the zero time when missing. @throws {InvalidArgumentError} if it is neither a number nor ISO 8601 text */
  time(field: string): number {
    const value = this.get(field);
    if (value === undefined) return ZERO_TIME_MS;
    const number = typeof value === "string" ? Number(value) : value;
    const isNumber = typeof number === "number" && !Number.isNaN(number);
    const time = isNumber ? number * (this.#options.timeUnit === "ms" ? 1 : 1000) : Date.parse(withUtc(String(value)));
    if (Number.isFinite(time)) return time;
    throw new InvalidArgumentError(field, `${field} is not a time: ${JSON.stringify(value)}`);
  }

  /** @throws {InvalidArgumentError} if it is not a truth value */
  boolean(field: string): boolean {
    const value = this.get(field) ?? false;
    if (typeof value === "boolean") return value;
    const text = String(value).toLowerCase();
    if (text === "1" || text === "true" || text === "yes") return true;
    if (text === "0" || text === "false" || text === "no") return false;
    throw new InvalidArgumentError(field, `${field} is not true or false: ${JSON.stringify(value)}`);
  }

  /** A list of texts: a JSON list, or a cell cut at the list separator. @throws {InvalidArgumentError} if it is neither */
  list(field: string): string[] {
    const value = this.get(field) ?? [];
    if (typeof value === "string") return this.#cut(value);
    if (Array.isArray(value) && value.every((element) => typeof element === "string")) return value;
    throw new InvalidArgumentError(field, `${field} is not a list of texts: ${JSON.stringify(value)}`);
  }

  /** A JSON value; a CSV cell that does not hold JSON is a list of texts. @throws {InvalidArgumentError} if the JSON is broken */
  json(field: string): JsonValue {
    const value = this.get(field) ?? null;
    if (typeof value !== "string") return value as JsonValue;
    if (!/^\s*[[{"]/.test(value)) return this.#cut(value);
    try {
      return JSON.parse(value) as JsonValue;
    } catch (cause) {
      throw new InvalidArgumentError(field, `${field} is not JSON: ${JSON.stringify(value)}`, { cause });
    }
  }

  #cut(cell: string): string[] {
    return cell
      .split(this.#options.listSeparator ?? "|")
      .map((part) => part.trim())
      .filter((part) => part !== "");
  }
}

function plain(name: string): string {
  return name.replaceAll("_", "").toLowerCase();
}

/** A time without a zone is UTC, wherever the process runs. */
function withUtc(text: string): string {
  return /\d{2}:\d{2}(:\d{2}(\.\d+)?)?$/.test(text) && !/[+-]\d{2}:?\d{2}$/.test(text) ? `${text.replace(" ", "T")}Z` : text;
}
