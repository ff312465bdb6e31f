import type { Item, User } from "@furze/core";
import type { Batches } from "@furze/dataset";

/**
 * Calls back with every number in a labels value: its path, such as `.price` or `.size.width`, empty at the root, and the number.
 * Lists are passed over: numbers in them are embeddings. So are null, truth values, texts and numbers that are not finite, wherever they stand.
 */
export function forEachLabelNumber(labels: unknown, visit: (name: string, value: number) => void, path = ""): void {
  if (typeof labels === "number") {
    if (Number.isFinite(labels)) visit(path, labels);
  } else if (typeof labels === "object" && labels !== null && !Array.isArray(labels)) {
    for (const [key, value] of Object.entries(labels)) forEachLabelNumber(value, visit, `${path}.${key}`);
  }
}

/**
 * Collects the numeric labels of users and items while a data set is loaded, which keeps only tags:
 * `loadDataset({ users: numbers.users(batches), items: numbers.items(batches), ... })`.
 *
 * Memory: about 20 bytes a number and the id of each user and item that has one.
 */
export class LabelNumbers {
  /** @internal */
  readonly userNumbers: NumberRows = new NumberRows();
  /** @internal */
  readonly itemNumbers: NumberRows = new NumberRows();

  /** Passes batches of users through. */
  async *users(batches: Batches<User>): AsyncGenerator<readonly User[]> {
    for await (const batch of batches) {
      for (const { userId, labels } of batch) this.userNumbers.add(userId, labels);
      yield batch;
    }
  }

  /** Passes batches of items through. */
  async *items(batches: Batches<Item>): AsyncGenerator<readonly Item[]> {
    for await (const batch of batches) {
      for (const { itemId, labels } of batch) this.itemNumbers.add(itemId, labels);
      yield batch;
    }
  }
}

/** The numbers of users, or of items. @internal */
export class NumberRows {
  /** Names of the labels in the order of their first appearance. */
  readonly names: string[] = [];
  /** Ids of the rows that have a number. */
  readonly ids: string[] = [];
  readonly #indexOfName = new Map<string, number>();
  readonly #ends: number[] = [];
  readonly #columns: number[] = [];
  readonly #values: number[] = [];

  get numValues(): number {
    return this.#values.length;
  }

  add(id: string, labels: unknown): void {
    const before = this.#values.length;
    forEachLabelNumber(labels, (name, value) => {
      let column = this.#indexOfName.get(name);
      if (column === undefined) {
        column = this.names.length;
        this.names.push(name);
        this.#indexOfName.set(name, column);
      }
      this.#columns.push(column);
      this.#values.push(value);
    });
    if (this.#values.length === before) return;
    this.ids.push(id);
    this.#ends.push(this.#values.length);
  }

  /** Calls back with the columns and values of the row that was added as number `row`. */
  forEach(row: number, visit: (column: number, value: number) => void): void {
    const end = this.#ends[row] ?? 0;
    for (let at = row === 0 ? 0 : (this.#ends[row - 1] ?? 0); at < end; at++)
      visit(this.#columns[at] ?? 0, this.#values[at] ?? 0);
  }
}
