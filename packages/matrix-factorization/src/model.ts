import { InvalidArgumentError, integerIn } from "@furze/core";
import { defaultKernelPool, type KernelPool } from "@furze/kernels";
import type { ModelFile, ModelFileExtras } from "@furze/model-file";
import type { Factors } from "./factors.ts";
import { FoldIn } from "./fold-in.ts";
import { decodeModel, encodeModel } from "./model-io.ts";
import { SingleQuery } from "./single-query.ts";
import { type ItemLists, type RankedItems, topItemsOfUsers } from "./top-items.ts";

/** Which algorithm a model comes from. */
export type MatrixFactorizationKind = "als" | "bpr";

/** Everything a model consists of. */
export interface ModelParts {
  readonly kind: MatrixFactorizationKind;
  readonly parameters: Readonly<Record<string, number>>;
  readonly factors: Factors;
  /** 1 for each user with feedback. */
  readonly trainedUsers: Uint8Array;
  /** 1 for each item with feedback. */
  readonly trainedItems: Uint8Array;
  readonly bestEpoch: number;
  readonly score: number | undefined;
  readonly trainingMs: number;
}

/** Options of `recommend`. */
export interface RecommendOptions {
  /** Most items for each user, at least 1. */
  readonly limit: number;
  /** Items to leave out for each of the users, in the order of the users. Default: none. */
  readonly exclude?: ItemLists | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Threads to run on. Default: the pool of the process. */
  readonly pool?: KernelPool | undefined;
}

/** Options of a query for a single vector. */
export interface VectorQueryOptions {
  /** Most items, at least 1. */
  readonly limit: number;
  /** Items to leave out, in any order. Default: none. */
  readonly exclude?: ArrayLike<number> | undefined;
}

/**
 * A fitted factor model: the score of a user and an item is the inner product of their factors plus the item's bias.
 * Immutable. Its numbers are held once, in kernel memory of its own; `dispose` gives that back.
 * Users and items are dense indices of the matrix it was fitted on.
 */
export class MatrixFactorizationModel {
  readonly kind: MatrixFactorizationKind;
  /** Hyper-parameters by name. */
  readonly parameters: Readonly<Record<string, number>>;
  readonly numUsers: number;
  readonly numItems: number;
  readonly numFactors: number;
  /** Floats between two rows of `userFactors` and `itemFactors`: numFactors rounded up to a multiple of 8; the rest of a row is zero. */
  readonly factorStride: number;
  /** Epoch, counted from 1, that the factors are from. */
  readonly bestEpoch: number;
  /** NDCG of that epoch on the validation data; undefined without any. */
  readonly score: number | undefined;
  readonly trainingMs: number;
  readonly #parts: ModelParts;
  readonly #foldIn: FoldIn;
  readonly #query: SingleQuery;

  /** @internal Use `Als.fit`, `Bpr.fit` or `fromModelFile`. */
  constructor(parts: ModelParts) {
    const { factors } = parts;
    this.#parts = parts;
    this.kind = parts.kind;
    this.parameters = parts.parameters;
    this.numUsers = factors.numUsers;
    this.numItems = factors.numItems;
    this.numFactors = factors.numFactors;
    this.factorStride = factors.stride;
    this.bestEpoch = parts.bestEpoch;
    this.score = parts.score;
    this.trainingMs = parts.trainingMs;
    this.#foldIn = new FoldIn(parts);
    this.#query = new SingleQuery(factors, parts.trainedItems);
  }

  /**
   * Restores a model from the bytes of `toModelFile` or from a decoded file.
   *
   * @throws {InvalidModelFileError} if the file is damaged, of another kind, or its arrays do not fit together
   */
  static fromModelFile(file: Uint8Array | ModelFile): MatrixFactorizationModel {
    return new MatrixFactorizationModel(decodeModel(file));
  }

  /** User factors, row-major, shape [numUsers, factorStride]: a view of kernel memory, valid until `dispose`. */
  get userFactors(): Float32Array {
    return this.#parts.factors.users.view;
  }

  /** Item factors, row-major, shape [numItems, factorStride]: a view of kernel memory, valid until `dispose`. */
  get itemFactors(): Float32Array {
    return this.#parts.factors.items.view;
  }

  /** Constant part of each item's score: a view of kernel memory, valid until `dispose`. All 0 for ALS. */
  get itemBiases(): Float32Array {
    return this.#parts.factors.biases.view;
  }

  /** Whether the user had feedback. False for indices outside the model. */
  isUserTrained(userIndex: number): boolean {
    return this.#parts.trainedUsers[userIndex] === 1;
  }

  /** Whether the item had feedback. False for indices outside the model. */
  isItemTrained(itemIndex: number): boolean {
    return this.#parts.trainedItems[itemIndex] === 1;
  }

  /** Score of a pair; undefined if the user or the item had no feedback or is outside the model. */
  predict(userIndex: number, itemIndex: number): number | undefined {
    if (!this.isUserTrained(userIndex) || !this.isItemTrained(itemIndex)) return undefined;
    const { users, items, biases, stride } = this.#parts.factors;
    let sum = biases.view[itemIndex]!;
    for (let i = 0; i < stride; i++) sum += users.view[userIndex * stride + i]! * items.view[itemIndex * stride + i]!;
    return sum;
  }

  /**
   * Best items of many users, on all threads of the pool. A user without feedback, or outside the model, gets an empty list; items
   * without feedback never appear. Of equal scores the lower index comes first.
   *
   * @param userIndices any users, in any order
   * @returns lists in the order of the users, best first, -1 where a list ends early
   * @throws {InvalidArgumentError} if the limit is out of range or `exclude` does not fit the users
   * @throws {AbortError} if the signal is aborted
   * Cost: O(users * numItems * numFactors); memory 8 * users * limit bytes and a copy of the exclusions while it runs.
   */
  async recommend(userIndices: ArrayLike<number>, options: RecommendOptions): Promise<RankedItems> {
    const limit = integerIn("limit", options.limit, 1, 1_000_000);
    checkExclude(options.exclude, userIndices.length);
    // Any user stands in for those who are unknown, whose lists are emptied.
    const known = Int32Array.from(userIndices, (user) => (this.isUserTrained(user) ? user : 0));
    const ranked = await topItemsOfUsers(this.#parts.factors, this.#parts.trainedItems, known, { ...pooled(options), limit });
    for (let row = 0; row < userIndices.length; row++) {
      if (this.isUserTrained(userIndices[row]!)) continue;
      ranked.itemIndices.fill(-1, row * limit, (row + 1) * limit);
      ranked.scores.fill(0, row * limit, (row + 1) * limit);
    }
    return ranked;
  }

  /**
   * Best items for vectors, such as those of `foldIn`, on all threads of the pool.
   *
   * @param vectors shape [n, numFactors], row-major
   * @throws {InvalidArgumentError} if the length is no multiple of numFactors, a number is not finite, or as `recommend`
   */
  async recommendForVectors(vectors: Float32Array, options: RecommendOptions): Promise<RankedItems> {
    const { numFactors, factorStride } = this;
    const count = vectors.length / numFactors;
    if (!Number.isInteger(count)) throw new InvalidArgumentError("vectors", `vectors must hold rows of ${numFactors} numbers`);
    checkVector(vectors, vectors.length);
    const limit = integerIn("limit", options.limit, 1, 1_000_000);
    checkExclude(options.exclude, count);
    const rows = new Float32Array(count * factorStride);
    for (let row = 0; row < count; row++)
      rows.set(vectors.subarray(row * numFactors, (row + 1) * numFactors), row * factorStride);
    return topItemsOfUsers(this.#parts.factors, this.#parts.trainedItems, rows, { ...pooled(options), limit });
  }

  /**
   * Best items for one vector, at once on the calling thread: for servers. Lists end where there are no more items.
   *
   * @throws {InvalidArgumentError} if the vector has another length or is not finite
   * Cost: O(numItems * numFactors), about 0.1 ms for 3,700 items and 64 factors.
   */
  recommendForVector(vector: ArrayLike<number>, options: VectorQueryOptions): RankedItems {
    checkVector(vector, this.numFactors);
    return this.#query.bestItems(vector, integerIn("limit", options.limit, 1, 1_000_000), options.exclude ?? []);
  }

  /**
   * Items whose factors point the same way as an item's, by cosine, best first, without the item itself; at once on the calling thread.
   * Empty if the item had no feedback or is outside the model.
   */
  similarItems(itemIndex: number, limit: number): RankedItems {
    const checked = integerIn("limit", limit, 1, 1_000_000);
    if (!this.isItemTrained(itemIndex)) return { itemIndices: new Int32Array(0), scores: new Float32Array(0) };
    return this.#query.similarItems(itemIndex, checked);
  }

  /**
   * Factors of a user from the items he has now, by least squares against the item factors: what ALS itself would solve.
   * For BPR the same least squares is used, scaled to the mean length of the trained users' factors, so that item biases keep their part.
   * Items without feedback and outside the model are passed over.
   *
   * @param values weights parallel to the items. Default: all 1
   * @returns numFactors numbers; undefined if no item is known
   * @throws {InvalidArgumentError} if the lengths differ, or a weight is negative or not finite
   * Cost: O(items * numFactors^2 + numFactors^3), under a millisecond for 64 factors and a hundred items; the first call adds one pass over the items.
   */
  foldIn(itemIndices: ArrayLike<number>, values?: ArrayLike<number>): Float32Array | undefined {
    return this.#foldIn.solve(itemIndices, values);
  }

  /**
   * Factors of many users from the items they have, each weighing 1: what `foldIn` gives for each, on all threads of the pool.
   *
   * @returns aligned with the lists
   * @throws {AbortError} if the signal is aborted
   */
  foldInMany(
    lists: readonly ArrayLike<number>[],
    { pool = defaultKernelPool(), signal }: Pick<RecommendOptions, "pool" | "signal"> = {},
  ): Promise<(Float32Array | undefined)[]> {
    return this.#foldIn.solveMany(lists, pool, signal);
  }

  /** The model as one checksummed run of bytes; see `ModelFileExtras` for what else it can carry. */
  toModelFile(extras: ModelFileExtras = {}): Uint8Array<ArrayBuffer> {
    return encodeModel(this.#parts, extras.extra ?? null, extras.arrays ?? {});
  }

  /** Gives the memory back; the model and its views must not be used any more. A second call does nothing. */
  dispose(): void {
    this.#parts.factors.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}

function pooled(options: RecommendOptions): {
  pool: KernelPool;
  threads: number;
  exclude: ItemLists | undefined;
  signal: AbortSignal | undefined;
} {
  const pool = options.pool ?? defaultKernelPool();
  return { pool, threads: pool.threads, exclude: options.exclude, signal: options.signal };
}

function checkVector(vector: ArrayLike<number>, length: number): void {
  if (vector.length !== length)
    throw new InvalidArgumentError("vector", `vector must have ${length} numbers, has ${vector.length}`);
  for (let i = 0; i < length; i++)
    if (!Number.isFinite(vector[i])) throw new InvalidArgumentError("vector", `vector[${i}] is ${vector[i]}`);
}

function checkExclude(exclude: ItemLists | undefined, count: number): void {
  if (exclude === undefined) return;
  const { offsets, indices } = exclude;
  let isValid = offsets.length === count + 1 && offsets[0] === 0 && offsets[count] === indices.length;
  for (let i = 0; i < count && isValid; i++) isValid = offsets[i]! <= offsets[i + 1]!;
  if (!isValid)
    throw new InvalidArgumentError(
      "exclude",
      `exclude must have ${count} lists, with offsets that ascend from 0 to the number of indices`,
    );
}
