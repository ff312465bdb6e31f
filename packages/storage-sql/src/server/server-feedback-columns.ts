import type { FeedbackType, UserId } from "@furze/core";
import { compareBytes, type FeedbackColumns, type FeedbackFilter, packFeedback } from "@furze/storage";
import { chunkList } from "./chunks.ts";
import { filterConditions } from "./server-feedback-rows.ts";
import { ID_CHUNK } from "./server-rows.ts";
import type { PackedColumns } from "./sql-driver.ts";
import type { SqlSession } from "./sql-session.ts";

/** The feedback of one user as the server packs it. */
type PackedRow = readonly [
  userId: string,
  ...(readonly [itemIds: string, itemIdLengths: Buffer, feedbackTypes: string, feedbackTypeLengths: Buffer]),
  ...(readonly [values: Buffer, timestampsMs: Buffer, updatedMs: Buffer]),
];

/** The same, unpacked as far as need be, in the server's order. */
interface PackedRows {
  readonly count: number;
  readonly itemIds: PackedTexts;
  readonly feedbackTypes: PackedTexts;
  readonly values: DataView;
  readonly timestampsMs: Float64Array;
  readonly updatedMs: DataView;
}

interface PackedTexts {
  readonly bytes: Buffer;
  readonly starts: Uint32Array;
}

type MutableColumns = { -readonly [Name in keyof FeedbackColumns]: FeedbackColumns[Name] } & { feedbackTypes: FeedbackType[] };

const NO_ROWS = packFeedback([]);

/**
 * Feedback of users, packed by the server into one row a user: a driver takes longer to cut a row into values than all else that is
 * done with it, and there are hundreds of rows a user.
 */
export async function readFeedbackColumns(
  session: SqlSession,
  packed: PackedColumns,
  table: string,
  userIds: readonly UserId[],
  filter: FeedbackFilter,
): Promise<FeedbackColumns> {
  const condition = filterConditions(session.dialect, filter);
  if (condition === undefined || userIds.length === 0) return { ...NO_ROWS, rowOffsets: new Uint32Array(userIds.length + 1) };
  const columns = [
    ...[packed.texts("item_id"), packed.lengths("item_id"), packed.texts("feedback_type"), packed.lengths("feedback_type")],
    ...[packed.doubles("value"), packed.integers("timestamp_ms"), packed.integers("updated_ms")],
  ];
  const where = [session.dialect.in("user_id"), ...condition.conditions].join(" AND ");
  const sql = `SELECT user_id, ${columns.join(", ")} FROM ${table} WHERE ${where} GROUP BY user_id`;
  const byUser = await session.read(async (connection) => {
    const found = new Map<UserId, PackedRows>();
    for (const chunk of chunkList([...new Set(userIds)], ID_CHUNK)) {
      const { rows } = await connection.query(sql, [chunk, ...condition.parameters]);
      for (const row of rows as readonly PackedRow[]) found.set(row[0], unpacked(row));
    }
    return found;
  }, filter);
  return join(userIds.map((userId) => byUser.get(userId)));
}

function unpacked([, ids, idLengths, types, typeLengths, values, timestamps, updated]: PackedRow): PackedRows {
  const count = values.length / 8;
  const timestampsView = viewOf(timestamps);
  return {
    count,
    itemIds: { bytes: Buffer.from(ids), starts: startsOf(idLengths) },
    feedbackTypes: { bytes: Buffer.from(types), starts: startsOf(typeLengths) },
    values: viewOf(values),
    timestampsMs: Float64Array.from({ length: count }, (_, row) => integerAt(timestampsView, row)),
    updatedMs: viewOf(updated),
  };
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function startsOf(lengths: Uint8Array): Uint32Array {
  const view = viewOf(lengths);
  const starts = new Uint32Array(lengths.length / 2 + 1);
  for (let place = 0; place + 1 < starts.length; place++) {
    starts[place + 1] = (starts[place] as number) + view.getUint16(place * 2);
  }
  return starts;
}

/** A 64-bit integer that a double holds. */
function integerAt(view: DataView, place: number): number {
  return view.getInt32(place * 8) * 2 ** 32 + view.getUint32(place * 8 + 4);
}

function join(lists: readonly (PackedRows | undefined)[]): FeedbackColumns {
  const numRows = lists.reduce((sum, list) => sum + (list?.count ?? 0), 0);
  const idBytes = lists.reduce((sum, list) => sum + (list?.itemIds.bytes.length ?? 0), 0);
  const columns: MutableColumns = {
    rowOffsets: new Uint32Array(lists.length + 1),
    itemIds: { bytes: new Uint8Array(idBytes), offsets: new Uint32Array(numRows + 1) },
    feedbackTypes: [],
    typeIndices: new Uint32Array(numRows),
    values: new Float64Array(numRows),
    timestampsMs: new Float64Array(numRows),
    updatedMs: new Float64Array(numRows),
  };
  let end = 0;
  for (const [place, list] of lists.entries()) {
    if (list !== undefined) append(columns, list, end);
    end += list?.count ?? 0;
    columns.rowOffsets[place + 1] = end;
  }
  return columns;
}

/** Appends the rows of a user, newest first. */
function append(columns: MutableColumns, list: PackedRows, start: number): void {
  const typeOf = typeReader(columns.feedbackTypes, list.feedbackTypes);
  const { bytes, offsets } = columns.itemIds;
  const { bytes: idBytes, starts } = list.itemIds;
  let at = start;
  let end = offsets[start] as number;
  for (const row of newestFirst(list)) {
    for (let from = starts[row] as number; from < (starts[row + 1] as number); from++) bytes[end++] = idBytes[from] as number;
    columns.typeIndices[at] = typeOf(row);
    columns.values[at] = list.values.getFloat64(row * 8);
    columns.timestampsMs[at] = list.timestampsMs[row] as number;
    columns.updatedMs[at] = integerAt(list.updatedMs, row);
    offsets[++at] = end;
  }
}

/** Places of types among those known, to which new ones are added. Most rows have the type of the one before. */
function typeReader(known: FeedbackType[], { bytes, starts }: PackedTexts): (row: number) => number {
  let last = -1;
  let place = -1;
  return (row) => {
    const [start, end] = [starts[row] as number, starts[row + 1] as number];
    if (last >= 0 && bytes.compare(bytes, start, end, starts[last], starts[last + 1]) === 0) return place;
    const type = bytes.toString("utf8", start, end);
    place = known.indexOf(type);
    if (place < 0) place = known.push(type) - 1;
    last = row;
    return place;
  };
}

/** Rows of a user, newest first, equal times by item, then type. */
function newestFirst({ count, timestampsMs, itemIds, feedbackTypes }: PackedRows): Uint32Array {
  const textAt = ({ bytes, starts }: PackedTexts, row: number) => bytes.toString("utf8", starts[row], starts[row + 1]);
  const compareTexts = (texts: PackedTexts, a: number, b: number) => compareBytes(textAt(texts, a), textAt(texts, b));
  const rows = Uint32Array.from({ length: count }, (_, row) => row);
  return rows.sort(
    (a, b) =>
      (timestampsMs[b] as number) - (timestampsMs[a] as number) ||
      compareTexts(itemIds, a, b) ||
      compareTexts(feedbackTypes, a, b),
  );
}
