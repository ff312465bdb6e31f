import type { Item, User } from "@furze/core";
import type { Batches } from "@furze/dataset";

/**
 * Calls back with every number in a labels value: its path, such as `.price` or `.size.width`, empty at the root, and the number.
 * Lists are passed over. So are null, truth values, texts and numbers that are not finite, wherever they stand.
 */
export function forEachLabelNumber(labels: unknown, visit: (name: string, value: number) => void, path = ""): void {
  if (typeof labels === "number") {
    if (Number.isFinite(labels)) visit(path, labels);
  } else if (isRecord(labels)) {
    for (const [key, value] of Object.entries(labels)) forEachLabelNumber(value, visit, `${path}.${key}`);
  }
}

/** Calls back with every embedding in a labels value: the path and the numbers of a list that holds nothing but finite 32-bit numbers. */
export function forEachLabelEmbedding(labels: unknown, visit: (name: string, vector: Float32Array) => void, path = ""): void {
  if (Array.isArray(labels)) {
    if (labels.length === 0 || !labels.every((value) => typeof value === "number")) return;
    const vector = Float32Array.from(labels);
    if (vector.every(Number.isFinite)) visit(path, vector);
  } else if (isRecord(labels)) {
    for (const [key, value] of Object.entries(labels)) forEachLabelEmbedding(value, visit, `${path}.${key}`);
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Collects the numeric labels of users and items, and the embeddings of items, while a data set is loaded, which keeps only tags:
 * `loadDataset({ users: values.users(batches), items: values.items(batches), ... })`.
 *
 * Memory: about 20 bytes a number, 4 a number of an embedding, and the id of each user and item that has one.
 */
export class LabelValues {
  /** @internal */
  readonly userNumbers: NumberRows = new NumberRows();
  /** @internal */
  readonly itemNumbers: NumberRows = new NumberRows();
  /** By name. @internal */
  readonly itemEmbeddings: Map<string, EmbeddingRow[]> = new Map();

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
      for (const { itemId, labels } of batch) {
        this.itemNumbers.add(itemId, labels);
        forEachLabelEmbedding(labels, (name, vector) => this.#addEmbedding(name, { id: itemId, vector }));
      }
      yield batch;
    }
  }

  /** Everything that was collected, in the order of collection: what a digest of it needs. */
  *parts(): Generator<string | Float64Array | Float32Array> {
    for (const numbers of [this.userNumbers, this.itemNumbers]) yield* numbers.parts();
    for (const [name, rows] of this.itemEmbeddings) {
      yield name;
      for (const { id, vector } of rows) {
        yield id;
        yield vector;
      }
    }
  }

  #addEmbedding(name: string, row: EmbeddingRow): void {
    const rows = this.itemEmbeddings.get(name);
    if (rows === undefined) this.itemEmbeddings.set(name, [row]);
    else rows.push(row);
  }
}

/** The embedding of an item. @internal */
export interface EmbeddingRow {
  readonly id: string;
  readonly vector: Float32Array;
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

  /** Names, ids and numbers: a digest of them differs where the rows do. */
  *parts(): Generator<string | Float64Array> {
    yield JSON.stringify([this.names, this.ids]);
    for (const column of [this.#ends, this.#columns, this.#values]) yield Float64Array.from(column);
  }

  /** Calls back with the columns and values of the row that was added as number `row`. */
  forEach(row: number, visit: (column: number, value: number) => void): void {
    const end = this.#ends[row] ?? 0;
    for (let at = row === 0 ? 0 : (this.#ends[row - 1] ?? 0); at < end; at++)
      visit(this.#columns[at] ?? 0, this.#values[at] ?? 0);
  }
}
