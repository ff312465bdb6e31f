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

interface ListReading<Raw, Row> {
  readonly sql: string;
  readonly parametersOf: (id: string) => SqlValue[];
  readonly toRow: (raw: Raw) => Row;
  /** Sorted here: SQLite takes longer for a few rows than JavaScript. */
  readonly compare: (a: Row, b: Row) => number;
}

/** Rows of each user, newest first, equal times by item, then type. Cost: one short range a user and type that may match. */
export function listsOfUsers(
  session: SqliteSession,
  tables: DataTables,
  userIds: readonly string[],
  filter: FeedbackFilter,
): Promise<Feedback[][]> {
  const query = userQuery(FEEDBACK_COLUMNS, tables, filter);
  return readLists<FeedbackRow, Feedback>(session, query && { ...query, toRow: toFeedback, compare: byItem }, userIds, filter);
}

const PACKABLE_COLUMNS = "item_id, feedback_type, value, timestamp_ms, updated_ms";

type PackableRow = readonly [itemId: string, feedbackType: string, value: number, timestampMs: number, updatedMs: number];

/** As `listsOfUsers`, of each row only what becomes a column. */
export function packableListsOfUsers(
  session: SqliteSession,
  tables: DataTables,
  userIds: readonly string[],
  filter: FeedbackFilter,
): Promise<PackableFeedback[][]> {
  const query = userQuery(PACKABLE_COLUMNS, tables, filter);
  return readLists<PackableRow, PackableFeedback>(
    session,
    query && { ...query, toRow: toPackable, compare: byItem },
    userIds,
    filter,
  );
}

/** Rows of each item, newest first, equal times by user, then type. Cost: one range of the index by item for each. */
export function listsOfItems(
  session: SqliteSession,
  { feedback, feedbackByItem }: DataTables,
  itemIds: readonly string[],
  filter: FeedbackFilter,
): Promise<Feedback[][]> {
  const condition = filterCondition(filter);
  const reading = condition && {
    sql: `SELECT ${FEEDBACK_COLUMNS} FROM ${feedback} INDEXED BY ${feedbackByItem} WHERE item_id = ?${condition.sql}`,
    parametersOf: (itemId: string) => [itemId, ...condition.parameters],
    toRow: toFeedback,
    compare: byUser,
  };
  return readLists<FeedbackRow, Feedback>(session, reading, itemIds, filter);
}

function userQuery(columns: string, tables: DataTables, filter: FeedbackFilter) {
  const condition = filterCondition(filter);
  if (condition === undefined) return undefined;
  const types = typeCondition(typesOf(filter), tables);
  return {
    sql: `SELECT ${columns} FROM ${tables.feedback} WHERE ${types.sql} AND user_id = ?${condition.sql}`,
    parametersOf: (userId: string) => [...types.parameters, userId, ...condition.parameters],
  };
}

/** One query an id: in this process each costs little, and the queries of a slice share one look at the state of the file. */
async function readLists<Raw, Row>(
  session: SqliteSession,
  reading: ListReading<Raw, Row> | undefined,
  ids: readonly string[],
  filter: FeedbackFilter,
): Promise<Row[][]> {
  if (reading === undefined) return ids.map(() => []);
  const { sql, parametersOf, toRow, compare } = reading;
  const listOf = (reader: SqliteConnection, id: string): Row[] =>
    (reader.prepare(sql).all(...parametersOf(id)) as Raw[]).map(toRow).sort(compare);
  const [only] = ids;
  if (only !== undefined && ids.length === 1) return [session.read((reader) => listOf(reader, only), filter)];
  const slice = new TimeSlice();
  const lists: Row[][] = [];
  const left = ids.values();
  while (lists.length < ids.length) {
    session.readSnapshot((reader) => {
      for (const id of left) {
        lists.push(listOf(reader, id));
        if (slice.isOver()) break;
      }
    }, filter);
    if (slice.isOver()) await slice.rest();
  }
  return lists;
}

function toPackable([itemId, feedbackType, value, timestampMs, updatedMs]: PackableRow): PackableFeedback {
  return { feedbackType, itemId, value, timestampMs, updatedMs };
}

function byItem(a: PackableFeedback, b: PackableFeedback): number {
  return b.timestampMs - a.timestampMs || compareBytes(a.itemId, b.itemId) || compareBytes(a.feedbackType, b.feedbackType);
}

function byUser(a: Feedback, b: Feedback): number {
  return b.timestampMs - a.timestampMs || compareBytes(a.userId, b.userId) || compareBytes(a.feedbackType, b.feedbackType);
}
