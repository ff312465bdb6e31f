import type { Feedback, Item, User } from "@furze/core";
import type { Page } from "../page.ts";

/** A moment to count from, UTC milliseconds. */
export const T0 = 1_700_000_000_000;

/** Ids that break stores which compare or quote carelessly, in the order that all stores must keep: that of their UTF-8 bytes. */
export const AWKWARD_IDS: readonly string[] = [
  " ",
  '"',
  "%",
  "'",
  "/a/b",
  ":",
  "A",
  "Z",
  "\\",
  "_",
  "a",
  "a ",
  "aa",
  "b",
  "z",
  "é",
  "\uFFFD",
  "😀",
];

export function user(userId: string, fields: Partial<User> = {}): User {
  return { userId, labels: null, comment: "", ...fields };
}

export function item(itemId: string, fields: Partial<Item> = {}): Item {
  return { itemId, isHidden: false, categories: [], timestampMs: T0, labels: null, comment: "", ...fields };
}

/** @param key type, user and item with spaces between */
export function feedback(key: string, fields: Partial<Feedback> = {}): Feedback {
  const [feedbackType = "", userId = "", itemId = ""] = key.split(" ");
  return { feedbackType, userId, itemId, value: 1, timestampMs: T0, updatedMs: T0, comment: "", ...fields };
}

/** The key as `feedback` takes it. */
export function keyOf(row: Feedback): string {
  return `${row.feedbackType} ${row.userId} ${row.itemId}`;
}

/** Everything that an async iterable of batches gives, in one list. */
export async function collect<Row>(batches: AsyncIterable<readonly Row[]>): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const batch of batches) rows.push(...batch);
  return rows;
}

/** All pages of a listing, one after another. */
export async function collectPages<Row, Key>(list: (from: Key | undefined) => Promise<Page<Row, Key>>): Promise<Row[]> {
  const rows: Row[] = [];
  let from: Key | undefined;
  do {
    const page: Page<Row, Key> = await list(from);
    rows.push(...page.rows);
    from = page.next;
  } while (from !== undefined);
  return rows;
}

/** `${prefix}0000` to `${prefix}${count - 1}`, in byte order. */
export function numberedIds(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}${String(index).padStart(4, "0")}`);
}
