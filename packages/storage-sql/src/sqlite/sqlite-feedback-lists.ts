import type { Feedback } from "@furze/core";
import { compareBytes, type FeedbackFilter, type PackableFeedback } from "@furze/storage";
import { TimeSlice } from "./event-loop.ts";
import type { SqliteConnection, SqlValue } from "./sqlite-connection.ts";
import type { DataTables } from "./sqlite-data-schema.ts";
import {
  FEEDBACK_COLUMNS,
  type FeedbackRow,
  filterCondition,
  toFeedback,
  typeCondition,
  typesOf,
} from "./sqlite-feedback-rows.ts";
import type { SqliteSession } from "./sqlite-session.ts";

/** Whose they are, those who ask for rows of a user know. */
const PACKABLE_COLUMNS = "item_id, feedback_type, value, timestamp_ms, updated_ms";
const USER_COLUMNS = `${PACKABLE_COLUMNS}, comment`;

type PackableRow = readonly [itemId: string, feedbackType: string, value: number, timestampMs: number, updatedMs: number];
type UserRow = readonly [...packable: PackableRow, comment: string];

/** Queries of which each gives the rows of one user or item. */
interface ListReading<Raw, Row> {
  readonly sql: string;
  readonly parametersOf: (id: string) => SqlValue[];
  readonly toRow: (raw: Raw, id: string) => Row;
  /** Sorted here: SQLite takes longer for a few rows than JavaScript. */
  readonly compare: (a: Row, b: Row) => number;
}

/** Feedback of users or items, a list for each, newest first. */
export class SqliteFeedbackLists {
  readonly #session: SqliteSession;
  readonly #tables: DataTables;
  // Texts of queries without a filter, made once: that takes as long as to read a row.
  readonly #ofUser: string;
  readonly #packableOfUser: string;
  readonly #ofItem: string;

  constructor(session: SqliteSession, tables: DataTables) {
    this.#session = session;
    this.#tables = tables;
    const types = typeCondition(undefined, tables).sql;
    this.#ofUser = ofUser(USER_COLUMNS, tables, types);
    this.#packableOfUser = ofUser(PACKABLE_COLUMNS, tables, types);
    this.#ofItem = `SELECT ${FEEDBACK_COLUMNS} FROM ${tables.feedback} INDEXED BY ${tables.feedbackByItem} WHERE item_id = ?`;
  }

  /** Rows of each user; equal times by item, then type. Cost: one short range of the table a user and type that may match. */
  ofUsers(userIds: readonly string[], filter: FeedbackFilter): Promise<Feedback[][]> {
    const query = this.#userQuery(this.#ofUser, USER_COLUMNS, filter);
    return this.#read<UserRow, Feedback>(query && { ...query, toRow: toRowOfUser, compare: byItem }, userIds, filter);
  }

  /** As `ofUsers`, of each row only what becomes a column. */
  packableOfUsers(userIds: readonly string[], filter: FeedbackFilter): Promise<PackableFeedback[][]> {
    const query = this.#userQuery(this.#packableOfUser, PACKABLE_COLUMNS, filter);
    return this.#read<PackableRow, PackableFeedback>(
      query && { ...query, toRow: toPackable, compare: byItem },
      userIds,
      filter,
    );
  }

  /** Rows of each item; equal times by user, then type. Cost: one range of the index by item for each. */
  ofItems(itemIds: readonly string[], filter: FeedbackFilter): Promise<Feedback[][]> {
    const condition = filterCondition(filter);
    const reading = condition && {
      sql: this.#ofItem + condition.sql,
      parametersOf: (itemId: string) => [itemId, ...condition.parameters],
      toRow: toFeedback,
      compare: byUser,
    };
    return this.#read<FeedbackRow, Feedback>(reading, itemIds, filter);
  }

  #userQuery(unfiltered: string, columns: string, filter: FeedbackFilter) {
    const condition = filterCondition(filter);
    if (condition === undefined) return undefined;
    const named = typesOf(filter);
    const types = typeCondition(named, this.#tables);
    return {
      sql: (named === undefined ? unfiltered : ofUser(columns, this.#tables, types.sql)) + condition.sql,
      parametersOf: (userId: string) => [...types.parameters, userId, ...condition.parameters],
    };
  }

  /** One query an id: in this process each costs little, and the queries of a slice share one look at the state of the file. */
  async #read<Raw, Row>(
    reading: ListReading<Raw, Row> | undefined,
    ids: readonly string[],
    filter: FeedbackFilter,
  ): Promise<Row[][]> {
    if (reading === undefined) return ids.map(() => []);
    const [only] = ids;
    if (only !== undefined && ids.length === 1)
      return [this.#session.read((reader) => readList(reader, reading, only), filter)];
    const slice = new TimeSlice();
    const lists: Row[][] = [];
    while (lists.length < ids.length) {
      this.#session.readSnapshot((reader) => {
        for (const id of ids.slice(lists.length)) {
          lists.push(readList(reader, reading, id));
          if (slice.isOver()) break;
        }
      }, filter);
      if (slice.isOver()) await slice.rest();
    }
    return lists;
  }
}

function ofUser(columns: string, { feedback }: DataTables, types: string): string {
  return `SELECT ${columns} FROM ${feedback} WHERE ${types} AND user_id = ?`;
}

function readList<Raw, Row>(reader: SqliteConnection, reading: ListReading<Raw, Row>, id: string): Row[] {
  const { sql, parametersOf, toRow, compare } = reading;
  const raw = reader.prepare(sql).all(...parametersOf(id)) as Raw[];
  return raw.map((row) => toRow(row, id)).sort(compare);
}

function toPackable([itemId, feedbackType, value, timestampMs, updatedMs]: PackableRow): PackableFeedback {
  return { feedbackType, itemId, value, timestampMs, updatedMs };
}

function toRowOfUser([itemId, feedbackType, value, timestampMs, updatedMs, comment]: UserRow, userId: string): Feedback {
  return { feedbackType, userId, itemId, value, timestampMs, updatedMs, comment };
}

function byItem(a: PackableFeedback, b: PackableFeedback): number {
  return b.timestampMs - a.timestampMs || compareBytes(a.itemId, b.itemId) || compareBytes(a.feedbackType, b.feedbackType);
}

function byUser(a: Feedback, b: Feedback): number {
  return b.timestampMs - a.timestampMs || compareBytes(a.userId, b.userId) || compareBytes(a.feedbackType, b.feedbackType);
}
