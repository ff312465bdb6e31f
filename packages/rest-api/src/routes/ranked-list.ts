import type { ListAnswer, Recommendation, RecommendQuery } from "@furze/recommend";
import type { Context } from "hono";
import type { ReplyOptions } from "../endpoint.ts";
import type { ApiContext } from "../options.ts";
import { readCategories, readPaging } from "../request/query.ts";
import { formatHttpTime, writeList, writeScore } from "../wire/json-writer.ts";

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

/** A stored list of items with the time it was made. */
export function listReply(answer: ListAnswer<Recommendation>): ReplyOptions {
  return { body: writeRecommendations(answer.rows), headers: { "Last-Modified": formatHttpTime(answer.updatedMs) } };
}
