import { join } from "node:path";
import { type Feedback, type Item, type User, ZERO_TIME_MS } from "@furze/core";
import { Fields } from "./fields.ts";
import { csvRows, recordBatches } from "./raw-rows.ts";
import type { ReadableBatches, ReaderOptions } from "./reader-options.ts";

/** The three sources that `loadDataset` takes, each readable any number of times. */
export interface RecordSource {
  readonly users: ReadableBatches<User>;
  readonly items: ReadableBatches<Item>;
  readonly feedback: ReadableBatches<Feedback>;
}

const NO_GENRES = "(no genres listed)";

/**
 * Reads a folder of the MovieLens form (`ratings.csv`, `movies.csv`, `tags.csv`), streaming.
 * An item's comment is the title, its categories are the genres, its time is January 1st (UTC) of the year that ends the
 * title, and its labels are `{ genres, tags }`, the tags in lower case, each once. Feedback has the type `rating`
 * and the rating as value. Users are those that rated.
 *
 * @throws {InvalidRowError} (while reading) with file, line and reason, unless `skipBadRows`
 * Memory: one batch, and for items the tags of all of them.
 */
export function readMovieLens(folder: string, options: ReaderOptions = {}): RecordSource {
  return {
    users: { [Symbol.asyncIterator]: () => users(join(folder, "ratings.csv"), options) },
    items: { [Symbol.asyncIterator]: () => items(folder, options) },
    feedback: { [Symbol.asyncIterator]: () => ratings(join(folder, "ratings.csv"), options) },
  };
}

function users(file: string, options: ReaderOptions): AsyncGenerator<readonly User[]> {
  const fields = new Fields({});
  const seen = new Set<string>();
  const toUser = ({ fields: row }: { fields: Readonly<Record<string, unknown>> }): User | undefined => {
    const userId = fields.use(row).text("userId");
    if (seen.has(userId)) return undefined;
    seen.add(userId);
    return { userId, labels: {}, comment: "" };
  };
  return recordBatches(file, csvRows(file, options), toUser, options);
}

async function* items(folder: string, options: ReaderOptions): AsyncGenerator<readonly Item[]> {
  const tags = await readTags(join(folder, "tags.csv"), options);
  const fields = new Fields({});
  const file = join(folder, "movies.csv");
  yield* recordBatches(
    file,
    csvRows(file, options),
    ({ fields: row }): Item => {
      const itemId = fields.use(row).text("movieId");
      const title = fields.text("title");
      const genres = fields.list("genres").filter((genre) => genre !== NO_GENRES);
      return {
        itemId,
        isHidden: false,
        categories: genres,
        timestampMs: yearOf(title),
        labels: { genres, tags: [...(tags.get(itemId) ?? [])] },
        comment: title,
      };
    },
    options,
  );
}

async function readTags(file: string, options: ReaderOptions): Promise<Map<string, Set<string>>> {
  const tags = new Map<string, Set<string>>();
  const fields = new Fields({});
  const rows = recordBatches(
    file,
    csvRows(file, options),
    ({ fields: row }) => ({ itemId: fields.use(row).text("movieId"), tag: fields.text("tag").trim().toLowerCase() }),
    options,
  );
  for await (const batch of rows) {
    for (const { itemId, tag } of batch) {
      const known = tags.get(itemId);
      if (known === undefined) tags.set(itemId, new Set([tag]));
      else known.add(tag);
    }
  }
  return tags;
}

function ratings(file: string, options: ReaderOptions): AsyncGenerator<readonly Feedback[]> {
  const fields = new Fields({});
  return recordBatches(
    file,
    csvRows(file, options),
    ({ fields: row }): Feedback => {
      fields.use(row);
      const timestampMs = fields.time("timestamp");
      return {
        feedbackType: "rating",
        userId: fields.text("userId"),
        itemId: fields.text("movieId"),
        value: fields.number("rating", Number.NaN),
        timestampMs,
        updatedMs: timestampMs,
        comment: "",
      };
    },
    options,
  );
}

function yearOf(title: string): number {
  const year = /\((\d{4})\)\s*$/.exec(title)?.[1];
  return year === undefined ? ZERO_TIME_MS : Date.UTC(Number(year), 0, 1);
}
