import { type Feedback, type Item, toItemId, toUserId, type User } from "@furze/core";
import { Fields } from "./fields.ts";
import { rawRows, recordBatches } from "./raw-rows.ts";
import type { FileReaderOptions, ReadableBatches } from "./reader-options.ts";

/**
 * Reads users from a CSV file with a header or from JSON lines, streaming. Fields: `userId`, `labels`, `comment`.
 * Labels in a CSV cell are JSON or a list cut at `listSeparator`.
 *
 * @throws {InvalidRowError} (while reading) with line and reason, unless `skipBadRows`
 * @throws {AbortError} (while reading) when the signal ends it
 */
export function readUsers(file: string, options: FileReaderOptions = {}): ReadableBatches<User> {
  return readable(file, options, (fields) => ({
    userId: toUserId(fields.text("userId"), "userId"),
    labels: fields.json("labels"),
    comment: fields.text("comment", ""),
  }));
}

/** Reads items as `readUsers` does. Fields: `itemId`, `isHidden`, `categories`, `timestamp`, `labels`, `comment`. */
export function readItems(file: string, options: FileReaderOptions = {}): ReadableBatches<Item> {
  return readable(file, options, (fields) => ({
    itemId: toItemId(fields.text("itemId"), "itemId"),
    isHidden: fields.boolean("isHidden"),
    categories: fields.list("categories"),
    timestampMs: fields.time("timestamp"),
    labels: fields.json("labels"),
    comment: fields.text("comment", ""),
  }));
}

/**
 * Reads feedback as `readUsers` does. Fields: `feedbackType` (or the option of that name), `userId`, `itemId`,
 * `value` (default 0), `timestamp`, `comment`.
 */
export function readFeedback(file: string, options: FileReaderOptions = {}): ReadableBatches<Feedback> {
  return readable(file, options, (fields) => {
    const timestampMs = fields.time("timestamp");
    return {
      feedbackType: fields.text("feedbackType", options.feedbackType),
      userId: toUserId(fields.text("userId"), "userId"),
      itemId: toItemId(fields.text("itemId"), "itemId"),
      value: fields.number("value", 0),
      timestampMs,
      updatedMs: timestampMs,
      comment: fields.text("comment", ""),
    };
  });
}

function readable<Row>(file: string, options: FileReaderOptions, convert: (fields: Fields) => Row): ReadableBatches<Row> {
  return {
    [Symbol.asyncIterator]: () => {
      const fields = new Fields(options);
      return recordBatches(file, rawRows(file, options), (row) => convert(fields.use(row.fields)), options);
    },
  };
}
