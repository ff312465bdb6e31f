import type { ListAnswer, Recommendation, RecommendQuery } from "@furze/recommend";
import type { Context } from "hono";
import type { ReplyOptions } from "../endpoint.ts";
import type { ApiContext } from "../options.ts";
import { readCategories, readPaging } from "../request/query.ts";
import { formatHttpTime, writeExtended, writeList, writeScore } from "../wire/json-writer.ts";

/** Paging, categories and the excluded user of a request for a ranked list. @throws {HttpError} 400 */
export function readListQuery(c: Context, context: ApiContext, prefix?: string): RecommendQuery {
  const excludeSeenBy = c.req.query("user-id");
  return {
    ...readPaging(c, context, prefix),
    categories: readCategories(c),
    excludeSeenBy: excludeSeenBy === "" ? undefined : excludeSeenBy,
  };
}

export function writeRecommendations(rows: readonly Recommendation[]): string {
  return writeList(rows, (row, depth) => writeScore(row.itemId, row.score, depth));
}

/** Rows as ids and scores, or as whole items where the caller may ask for that and does. */
export async function writeRanked(c: Context, context: ApiContext, rows: readonly Recommendation[]): Promise<string> {
  if (!context.dialect.rankedQuery.includes("more-details") || c.req.query("more-details") !== "true")
    return writeRecommendations(rows);
  return writeScoredItems(context, rows);
}

/** Rows as whole items with their scores; those that have been deleted are left out. */
export async function writeScoredItems(context: ApiContext, rows: readonly Recommendation[]): Promise<string> {
  const { dialect, dataStore } = context;
  const items = await dataStore.items.get(rows.map((row) => row.itemId));
  const found = rows.flatMap(({ score }, place) => {
    const item = items[place];
    return item === undefined ? [] : { item, score };
  });
  return writeList(found, ({ item, score }, depth) => writeExtended(dialect.writeItem(item, depth), depth, { Score: score }));
}

/** A stored list of items with the time it was made. */
export async function listReply(c: Context, context: ApiContext, answer: ListAnswer<Recommendation>): Promise<ReplyOptions> {
  const body = await writeRanked(c, context, answer.rows);
  return { body, headers: { "Last-Modified": formatHttpTime(answer.updatedMs) } };
}
