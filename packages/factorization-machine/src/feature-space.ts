import { InvalidArgumentError, type Item, integerIn, type JsonValue, UnsupportedError, type User } from "@furze/core";
import type { Dataset, IdDictionary, UserItemMatrix } from "@furze/dataset";
import { buildEmbeddings, type EmbeddingKind, type EmbeddingTable } from "./embeddings.ts";
import type { FeatureList, FeatureRows } from "./feature-rows.ts";
import { buildSide, type FeatureSide } from "./feature-side.ts";
import { forEachLabelEmbedding, type LabelValues } from "./label-values.ts";
import { FmSamples } from "./samples.ts";
import { Turns } from "./turns.ts";
import { drawUnseenPairs, type Pairs } from "./unseen-pairs.ts";

/** A user to make features of. */
export interface DescribedUser {
  /** Default: unknown. */
  readonly userId?: User["userId"] | undefined;
  /** Default: none. */
  readonly labels?: JsonValue | undefined;
}

/** An item to make features of. */
export interface DescribedItem {
  /** Default: unknown. */
  readonly itemId?: Item["itemId"] | undefined;
  /** Default: none. */
  readonly labels?: JsonValue | undefined;
}

/** Options of `FeatureSpace.samples`. */
export interface SamplesOptions {
  /**
   * Negative samples to draw for each positive one among the items that its user has no feedback on, popular ones more often, 0 to 100.
   * Default 0. They teach a model to find what users choose at all, beside what they like of it; without negative or read feedback nothing
   * else does.
   */
  readonly unseenPerPositive?: number | undefined;
  /** Seed of that draw, a safe integer. Default 0. */
  readonly seed?: number | undefined;
  /** Ends the work with an `AbortError`. */
  readonly signal?: AbortSignal | undefined;
}

/** The parts of a `FeatureSpace`. */
export interface FeatureSpaceParts {
  readonly users: FeatureSide;
  readonly items: FeatureSide;
  /** Features of each user, within the side of the users. */
  readonly userRows: FeatureRows;
  /** Features of each item, within the side of the items. */
  readonly itemRows: FeatureRows;
  /** Embeddings that items may have. */
  readonly embeddings: readonly EmbeddingKind[];
  /** Those of the items; undefined in a space from a file. */
  readonly embeddingTables?: readonly EmbeddingTable[] | undefined;
}

/**
 * What the features of users and items are: one per user, one per item, one per tag and one per numeric label of users and of items.
 * First come the features of users, then those of items. A label is a feature from its second holder on; numbers become values from 0 to 1
 * (after a logarithm where none is negative). Immutable.
 *
 * Memory: 4 bytes a user, item and label of each (8 with numeric labels), and the names.
 */
export class FeatureSpace {
  /** @internal */
  readonly parts: FeatureSpaceParts;

  /** @internal Use `fromDataset`. */
  constructor(parts: FeatureSpaceParts) {
    this.parts = parts;
  }

  /**
   * The features of a data set's users and items.
   *
   * @param options `values`: numeric labels and embeddings, collected while the data set was loaded. Default: none
   */
  static fromDataset(dataset: Dataset, options: { readonly values?: LabelValues | undefined } = {}): FeatureSpace {
    const { values } = options;
    const users = buildSide(dataset.userIds, dataset.userLabels, values?.userNumbers);
    const items = buildSide(dataset.itemIds, dataset.itemLabels, values?.itemNumbers);
    const embeddingTables = values === undefined ? [] : buildEmbeddings(dataset.itemIds, values.itemEmbeddings);
    return new FeatureSpace({
      users: users.side,
      items: items.side,
      userRows: users.rows,
      itemRows: items.rows,
      embeddings: embeddingTables.map(({ name, dimension }) => ({ name, dimension })),
      embeddingTables,
    });
  }

  /** Name and dimension of each kind of embeddings that items may have. */
  get embeddings(): readonly EmbeddingKind[] {
    return this.parts.embeddings;
  }

  get userIds(): IdDictionary {
    return this.parts.users.ids;
  }

  get itemIds(): IdDictionary {
    return this.parts.items.ids;
  }

  get numUsers(): number {
    return this.userIds.size;
  }

  get numItems(): number {
    return this.itemIds.size;
  }

  get numFeatures(): number {
    return this.parts.users.numFeatures + this.parts.items.numFeatures;
  }

  /** What a feature stands for. @throws {InvalidArgumentError} if there is no such feature */
  nameOf(feature: number): { readonly of: "user" | "item"; readonly kind: "id" | "tag" | "number"; readonly name: string } {
    if (!Number.isInteger(feature) || feature < 0 || feature >= this.numFeatures)
      throw new InvalidArgumentError("feature", `feature ${feature} is not an integer in [0, ${this.numFeatures})`);
    const { users, items } = this.parts;
    const isUser = feature < users.numFeatures;
    const { ids, tags, numbers } = isUser ? users : items;
    const of = isUser ? "user" : "item";
    const index = isUser ? feature : feature - users.numFeatures;
    if (index < ids.size) return { of, kind: "id", name: ids.idOf(index) };
    if (index < ids.size + tags.size) return { of, kind: "tag", name: tags.idOf(index - ids.size) };
    return { of, kind: "number", name: numbers[index - ids.size - tags.size]?.name ?? "" };
  }

  /** Features of a user of the data set, as they were then. @throws {InvalidArgumentError} if there is no such user */
  userFeatures(userIndex: number): FeatureList {
    return rowOf(this.parts.userRows, userIndex, 0, "userIndex");
  }

  /** Features of an item of the data set, as they were then. @throws {InvalidArgumentError} if there is no such item */
  itemFeatures(itemIndex: number): FeatureList {
    return rowOf(this.parts.itemRows, itemIndex, this.parts.users.numFeatures, "itemIndex");
  }

  /** Features of any user: id and labels that the space does not know are passed over. */
  describeUser({ userId, labels }: DescribedUser): FeatureList {
    return this.parts.users.featuresOf({ id: userId, labels });
  }

  /** Features of any item: id and labels that the space does not know are passed over. */
  describeItem({ itemId, labels }: DescribedItem): FeatureList {
    const { indices, values } = this.parts.items.featuresOf({ id: itemId, labels });
    return { indices: moved(indices, this.parts.users.numFeatures), values };
  }

  /** Embeddings in the labels of any item, one of each kind, undefined where there is none of the right dimension. */
  describeEmbeddings({ labels }: DescribedItem): (Float32Array | undefined)[] {
    const found = new Map<string, Float32Array>();
    forEachLabelEmbedding(labels, (name, vector) => void found.set(name, vector));
    return this.embeddings.map(({ name, dimension }) => {
      const vector = found.get(name);
      return vector?.length === dimension ? vector : undefined;
    });
  }

  /**
   * Every pair of the data set as a sample: positive feedback is positive, negative feedback and what was only read is negative. Drawn
   * samples come last. The event loop has its turns meanwhile.
   *
   * @throws {InvalidArgumentError} if the space is not of this data set, or an option out of range
   * @throws {UnsupportedError} if the space is from a file and its items had embeddings, which files do not hold
   * @throws {AbortError} if the signal is aborted
   * Cost: 9 bytes a pair and a copy of the features of users and items.
   */
  async samples(dataset: Pick<Dataset, "positive" | "negative" | "read">, options: SamplesOptions = {}): Promise<FmSamples> {
    const { positive, negative, read } = dataset;
    if (positive.numUsers !== this.numUsers || positive.numItems !== this.numItems)
      throw new InvalidArgumentError("dataset", `the data set must have ${this.numUsers} users and ${this.numItems} items`);
    const { embeddings, embeddingTables: tables = [] } = this.parts;
    if (tables.length !== embeddings.length)
      throw new UnsupportedError("embeddings", "a feature space from a file holds no embeddings, so it cannot make samples");
    const turns = new Turns(options);
    const unseen = await drawUnseenPairs(dataset, {
      perPositive: integerIn("unseenPerPositive", options.unseenPerPositive ?? 0, 0, 100),
      seed: options.seed ?? 0,
      turns,
    });
    const all = [...[positive, negative, read].map(pairsOf), unseen];
    const total = all.reduce((sum, { userIndices }) => sum + userIndices.length, 0);
    const first = new Int32Array(total);
    const second = new Int32Array(total);
    let at = 0;
    for (const { userIndices, itemIndices } of all) {
      first.set(userIndices, at);
      for (let pair = 0; pair < itemIndices.length; pair++) second[at + pair] = (itemIndices[pair] ?? 0) + this.numUsers;
      at += userIndices.length;
      if (turns.isOver) await turns.next();
    }
    const parts = {
      rows: joined(this.parts),
      targets: new Uint8Array(total).fill(1, 0, positive.numEntries),
      first,
      second,
      embeddings: tables.length === 0 || total === 0 ? undefined : { firstRow: this.numUsers, tables },
    };
    return new FmSamples(parts, { numPositive: positive.numEntries });
  }
}

function pairsOf({ numUsers, userOffsets, itemIndices }: UserItemMatrix): Pairs {
  const userIndices = new Int32Array(itemIndices.length);
  for (let user = 0; user < numUsers; user++) userIndices.fill(user, userOffsets[user], userOffsets[user + 1]);
  return { userIndices, itemIndices };
}

function rowOf(rows: FeatureRows, row: number, shift: number, path: string): FeatureList {
  const start = rows.offsets[row];
  const end = rows.offsets[row + 1];
  if (start === undefined || end === undefined)
    throw new InvalidArgumentError(path, `${path} is ${row}, not an integer in [0, ${rows.offsets.length - 1})`);
  return { indices: moved(rows.indices.subarray(start, end), shift), values: rows.values?.subarray(start, end) };
}

function moved(indices: ArrayLike<number>, shift: number): Int32Array {
  const result = Int32Array.from(indices);
  for (let i = 0; i < result.length; i++) result[i] = (result[i] ?? 0) + shift;
  return result;
}

/** The rows of the users, then those of the items, over the features of both. */
function joined({ userRows, itemRows }: FeatureSpaceParts): FeatureRows {
  const numUserEntries = userRows.indices.length;
  const offsets = new Int32Array(userRows.offsets.length + itemRows.offsets.length - 1);
  offsets.set(userRows.offsets);
  offsets.set(moved(itemRows.offsets, numUserEntries), userRows.offsets.length - 1);
  const indices = new Int32Array(numUserEntries + itemRows.indices.length);
  indices.set(userRows.indices);
  indices.set(moved(itemRows.indices, userRows.numFeatures), numUserEntries);
  const numFeatures = userRows.numFeatures + itemRows.numFeatures;
  if (userRows.values === undefined && itemRows.values === undefined) return { numFeatures, offsets, indices };
  const values = new Float32Array(indices.length).fill(1);
  if (userRows.values !== undefined) values.set(userRows.values);
  if (itemRows.values !== undefined) values.set(itemRows.values, numUserEntries);
  return { numFeatures, offsets, indices, values };
}
