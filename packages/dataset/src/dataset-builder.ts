import { type Feedback, type FeedbackRoles, feedbackRole, type Item, type User } from "@furze/core";
import type { Dataset } from "./dataset.ts";
import { type FeatureTable, FeatureTableBuilder } from "./feature-table.ts";
import { FeedbackColumns, type RoleMatrices } from "./feedback-columns.ts";
import { GrowingColumn } from "./growing-column.ts";
import { IdDictionary } from "./id-dictionary.ts";
import { type VectorTable, VectorTableBuilder } from "./vector-table.ts";

export interface DatasetOptions {
  /** Which feedback is positive, negative, read. An empty list matches nothing. */
  readonly roles: FeedbackRoles;
  /** Feedback before this time is passed over. Default: no bound. */
  readonly sinceMs?: number | undefined;
  /** Feedback after this time is passed over. Default: no bound. */
  readonly untilMs?: number | undefined;
  /** Items before this time, those without a time among them, are passed over. Default: no bound. */
  readonly itemSinceMs?: number | undefined;
  /** Keep the value of positive feedback as its weight. Default false: every positive pair weighs 1. */
  readonly weightByValue?: boolean | undefined;
  /** Columns to tabulate besides the labels: what to select of an item, by name. Tags of the selected value are kept. */
  readonly itemColumns?: Readonly<Record<string, (item: Item) => unknown>> | undefined;
  readonly userColumns?: Readonly<Record<string, (user: User) => unknown>> | undefined;
  /** Columns of embeddings to keep: what to select of an item, by name. Lists of numbers of the most frequent length are kept. */
  readonly itemVectors?: Readonly<Record<string, (item: Item) => unknown>> | undefined;
  readonly userVectors?: Readonly<Record<string, (user: User) => unknown>> | undefined;
}

/**
 * Builds a `Dataset` from batches: all users and items first, then feedback in any order (fastest grouped by user).
 * Holds no object per row. `loadDataset` is the short way when the batches come from iterables.
 */
export class DatasetBuilder {
  readonly #options: DatasetOptions;
  readonly #userIds = new IdDictionary();
  readonly #itemIds = new IdDictionary();
  readonly #isItemHidden = new GrowingColumn(Uint8Array);
  readonly #itemTimestampsMs = new GrowingColumn(Float64Array);
  readonly #categories = new FeatureTableBuilder();
  readonly #itemLabels = new FeatureTableBuilder();
  readonly #userLabels = new FeatureTableBuilder();
  readonly #itemColumns: ColumnTables<Item, FeatureTable>;
  readonly #userColumns: ColumnTables<User, FeatureTable>;
  readonly #itemVectors: ColumnTables<Item, VectorTable>;
  readonly #userVectors: ColumnTables<User, VectorTable>;
  readonly #feedback: FeedbackColumns;
  readonly #skipped = { repeated: 0, expiredItems: 0, unknownUser: 0, unknownItem: 0, outsideTime: 0, withoutRole: 0 };
  #lastUserId: string | undefined;
  #lastUserIndex = -1;

  constructor(options: DatasetOptions) {
    this.#options = options;
    this.#itemColumns = new ColumnTables(options.itemColumns, () => new TagColumn());
    this.#userColumns = new ColumnTables(options.userColumns, () => new TagColumn());
    this.#itemVectors = new ColumnTables(options.itemVectors, () => new VectorTableBuilder());
    this.#userVectors = new ColumnTables(options.userVectors, () => new VectorTableBuilder());
    this.#feedback = new FeedbackColumns({ keepValues: options.weightByValue ?? false });
  }

  addUsers(users: readonly User[]): void {
    for (const user of users) {
      const before = this.#userIds.size;
      if (this.#userIds.add(user.userId, 0) < before) {
        this.#skipped.repeated++;
        continue;
      }
      this.#userLabels.addLabels(user.labels);
      this.#userColumns.addRow(user);
      this.#userVectors.addRow(user);
    }
  }

  addItems(items: readonly Item[]): void {
    const since = this.#options.itemSinceMs ?? Number.NEGATIVE_INFINITY;
    for (const item of items) {
      if (item.timestampMs < since) {
        this.#skipped.expiredItems++;
        continue;
      }
      const before = this.#itemIds.size;
      if (this.#itemIds.add(item.itemId, 0) < before) {
        this.#skipped.repeated++;
        continue;
      }
      this.#isItemHidden.push(item.isHidden ? 1 : 0);
      this.#itemTimestampsMs.push(item.timestampMs);
      this.#categories.addNames(item.categories);
      this.#itemLabels.addLabels(item.labels);
      this.#itemColumns.addRow(item);
      this.#itemVectors.addRow(item);
    }
  }

  addFeedback(rows: readonly Feedback[]): void {
    const { roles, sinceMs = Number.NEGATIVE_INFINITY, untilMs = Number.POSITIVE_INFINITY } = this.#options;
    const skipped = this.#skipped;
    for (const row of rows) {
      if (row.timestampMs < sinceMs || row.timestampMs > untilMs) {
        skipped.outsideTime++;
        continue;
      }
      const role = feedbackRole(roles, row);
      if (role === undefined) {
        skipped.withoutRole++;
        continue;
      }
      // Rows of one user come in sequence, so most look-ups end at the comparison.
      if (row.userId !== this.#lastUserId) {
        this.#lastUserId = row.userId;
        this.#lastUserIndex = this.#userIds.indexOf(row.userId);
      }
      if (this.#lastUserIndex < 0) {
        skipped.unknownUser++;
        continue;
      }
      const itemIndex = this.#itemIds.indexOf(row.itemId);
      if (itemIndex < 0) {
        skipped.unknownItem++;
        continue;
      }
      this.#feedback.add(this.#lastUserIndex, itemIndex, role, row.timestampMs, row.value);
    }
  }

  /** Ends the collecting; the builder is spent afterwards. */
  build(): Dataset {
    const numUsers = this.#userIds.size;
    const numItems = this.#itemIds.size;
    const matrices = this.#feedback.build(numUsers, numItems);
    this.#countFrequencies(matrices);
    const numPositive = matrices.positive.numEntries;
    const numNegative = matrices.negative.numEntries;
    const numRead = matrices.read.numEntries;
    return {
      userIds: this.#userIds,
      itemIds: this.#itemIds,
      ...matrices,
      isItemHidden: this.#isItemHidden.take(),
      itemTimestampsMs: this.#itemTimestampsMs.take(),
      itemCategories: this.#categories.build(),
      itemLabels: this.#itemLabels.build(),
      userLabels: this.#userLabels.build(),
      itemColumns: this.#itemColumns.build(),
      userColumns: this.#userColumns.build(),
      itemVectors: this.#itemVectors.build(),
      userVectors: this.#userVectors.build(),
      counts: {
        numUsers,
        numItems,
        numFeedback: numPositive + numNegative + numRead,
        numPositive,
        numNegative,
        numRead,
        skipped: { ...this.#skipped },
      },
    };
  }

  #countFrequencies({ positive }: RoleMatrices): void {
    for (let user = 0; user < positive.numUsers; user++) {
      this.#userIds.count(user, positive.userOffsets[user + 1]! - positive.userOffsets[user]!);
    }
    for (let entry = 0; entry < positive.numEntries; entry++) this.#itemIds.count(positive.itemIndices[entry]!);
  }
}

/** Collects what a selector gives of each row. */
interface ColumnBuilder<Table> {
  addRow(value: unknown): void;
  build(): Table;
}

class TagColumn implements ColumnBuilder<FeatureTable> {
  readonly #table = new FeatureTableBuilder();

  addRow(value: unknown): void {
    this.#table.addLabels(value);
  }

  build(): FeatureTable {
    return this.#table.build();
  }
}

/** One table per named selector. */
class ColumnTables<Row, Table> {
  readonly #columns: { name: string; select: (row: Row) => unknown; table: ColumnBuilder<Table> }[];

  constructor(selectors: Readonly<Record<string, (row: Row) => unknown>> = {}, create: () => ColumnBuilder<Table>) {
    this.#columns = Object.entries(selectors).map(([name, select]) => ({ name, select, table: create() }));
  }

  addRow(row: Row): void {
    for (const { select, table } of this.#columns) table.addRow(select(row));
  }

  build(): ReadonlyMap<string, Table> {
    return new Map(this.#columns.map(({ name, table }) => [name, table.build()]));
  }
}
