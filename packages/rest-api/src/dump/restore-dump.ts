import { checkId, type Feedback, InvalidArgumentError, type Item, type User, ZERO_TIME_MS } from "@furze/core";
import { decodeFeedback, decodeItem, decodeUser } from "@furze/protocol/dump";
import { RowBatches, type RowImport, withProgress } from "../bulk/row-batches.ts";
import { findLabelsFault } from "../wire/labels.ts";
import { readFrames, type SectionName } from "./frames.ts";

/** Where restored rows go; each returns how many it has accepted. */
export interface RestoreTarget {
  users(rows: readonly User[]): Promise<number>;
  items(rows: readonly Item[]): Promise<number>;
  feedback(rows: readonly Feedback[]): Promise<number>;
}

export type Restored = Readonly<Record<SectionName, number>>;

/**
 * Stores the rows of a dump, batch by batch; rows that are there are replaced, others stay. While a batch is stored nothing more is read.
 *
 * @throws {HttpError} 400 for a dump that is damaged, with how much of it is stored
 */
export async function restoreDump(source: AsyncIterable<Uint8Array>, target: RestoreTarget): Promise<Restored> {
  const restored = { users: 0, items: 0, feedback: 0 };
  const batches = {
    users: new RowBatches(importOf(decodeUser, checkUser, target.users)),
    items: new RowBatches(importOf(decodeItem, checkItem, target.items)),
    feedback: new RowBatches(importOf(decodeFeedback, checkFeedback, target.feedback)),
  };
  let current: SectionName = "users";
  const finish = async (): Promise<void> => {
    await batches[current].store();
    restored[current] = batches[current].numAccepted;
  };
  try {
    for await (const { section, bytes } of readFrames(source)) {
      // Users and items must be there before the feedback that names them.
      if (section !== current) await finish();
      current = section;
      await batches[section].add(bytes, bytes.length);
    }
    await finish();
  } catch (error) {
    const { users, items, feedback } = batches;
    const stored = [`${users.numAccepted} users`, `${items.numAccepted} items`, `${feedback.numAccepted} rows of feedback`];
    throw withProgress(error, `${stored.join(", ")} are stored`);
  }
  return restored;
}

function importOf<Row>(
  decode: (bytes: Uint8Array) => Row,
  check: (row: Row) => void,
  store: (rows: readonly Row[]) => Promise<number>,
): RowImport<Uint8Array, Row> {
  return {
    unit: "record",
    store,
    decode: (bytes) => {
      const row = decode(bytes);
      check(row);
      return row;
    },
  };
}

function checkUser({ userId, labels }: User): void {
  checkId(userId, "user_id");
  checkLabels(labels);
}

function checkItem({ itemId, labels, timestampMs }: Item): void {
  checkId(itemId, "item_id");
  checkLabels(labels);
  checkTime(timestampMs);
}

function checkFeedback({ feedbackType, userId, itemId, value, timestampMs, updatedMs }: Feedback): void {
  checkId(feedbackType, "feedback_type");
  checkId(userId, "user_id");
  checkId(itemId, "item_id");
  if (!Number.isFinite(value)) throw new InvalidArgumentError("value", `value must be a number, got ${value}`);
  checkTime(timestampMs);
  checkTime(updatedMs);
}

function checkLabels(labels: unknown): void {
  const fault = findLabelsFault(labels);
  if (fault !== undefined) throw new InvalidArgumentError("labels", fault);
}

const MAX_TIME_MS = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

function checkTime(ms: number): void {
  if (!(ms >= ZERO_TIME_MS && ms <= MAX_TIME_MS))
    throw new InvalidArgumentError("timestamp", "the time is not between the years 1 and 9999");
}
