import { type Feedback, InvalidArgumentError, type Item, type JsonValue, type User, ZERO_TIME_MS } from "@furze/core";
import { DumpFeedback, DumpItem, type DumpTime, DumpUser } from "./generated/furze/v1/dump.ts";

// Rows of a dump as bytes and back. What is decoded has the right types, and nothing more is checked.

export function encodeUser({ userId, labels, comment }: User): Uint8Array {
  return DumpUser.encode({ userId, labels: toJson(labels), comment }).finish();
}

/** @throws {InvalidArgumentError} for bytes that are no user */
export function decodeUser(bytes: Uint8Array): User {
  const { userId, labels, comment } = decodeWith(DumpUser, bytes, "user");
  return { userId, labels: fromJson(labels), comment };
}

export function encodeItem(item: Item): Uint8Array {
  const { itemId, isHidden, categories, timestampMs, labels, comment } = item;
  const timestamp = toTime(timestampMs);
  return DumpItem.encode({
    itemId,
    isHidden,
    categories: [...categories],
    timestamp,
    labels: toJson(labels),
    comment,
  }).finish();
}

/** @throws {InvalidArgumentError} for bytes that are no item */
export function decodeItem(bytes: Uint8Array): Item {
  const { itemId, isHidden, categories, timestamp, labels, comment } = decodeWith(DumpItem, bytes, "item");
  return { itemId, isHidden, categories, timestampMs: fromTime(timestamp), labels: fromJson(labels), comment };
}

export function encodeFeedback(row: Feedback): Uint8Array {
  const { timestampMs, updatedMs, ...rest } = row;
  return DumpFeedback.encode({ ...rest, timestamp: toTime(timestampMs), updated: toTime(updatedMs) }).finish();
}

/** Feedback without a time of update, as Gorse writes it, was updated when it happened. @throws {InvalidArgumentError} for bytes that are none */
export function decodeFeedback(bytes: Uint8Array): Feedback {
  const { feedbackType, userId, itemId, value, timestamp, updated, comment } = decodeWith(DumpFeedback, bytes, "feedback");
  const timestampMs = fromTime(timestamp);
  const updatedMs = updated === undefined ? timestampMs : fromTime(updated);
  return { feedbackType, userId, itemId, value, timestampMs, updatedMs, comment };
}

function decodeWith<T>(codec: { decode(bytes: Uint8Array): T }, bytes: Uint8Array, kind: string): T {
  try {
    return codec.decode(bytes);
  } catch (cause) {
    throw new InvalidArgumentError("record", `the bytes are no ${kind}: ${(cause as Error).message}`, { cause });
  }
}

function toJson(labels: JsonValue): Uint8Array {
  return Buffer.from(JSON.stringify(labels));
}

/** No bytes at all are null. */
function fromJson(bytes: Uint8Array): JsonValue {
  if (bytes.length === 0) return null;
  try {
    return JSON.parse(Buffer.from(bytes).toString()) as JsonValue;
  } catch (cause) {
    throw new InvalidArgumentError("labels", "labels are no JSON", { cause });
  }
}

function toTime(ms: number): DumpTime {
  const seconds = Math.floor(ms / 1000);
  return { seconds: BigInt(seconds), nanos: Math.round((ms - seconds * 1000) * 1e6) };
}

function fromTime(time: DumpTime | undefined): number {
  return time === undefined ? ZERO_TIME_MS : Number(time.seconds) * 1000 + Math.floor(time.nanos / 1e6);
}
