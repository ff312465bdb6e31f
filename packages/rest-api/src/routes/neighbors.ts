import type { ListAnswer, SimilarUser } from "@furze/recommend";
import type { Context } from "hono";
import { type Endpoint, endpoint, type Reply, type ReplyOptions } from "../endpoint.ts";
import type { ApiContext } from "../options.ts";
import { readItemId, readName, readUserId } from "../request/query.ts";
import { scoresAnswer } from "../response-schemas.ts";
import { formatHttpTime, writeList, writeScore } from "../wire/json-writer.ts";
import { listReply, readListQuery } from "./ranked-list.ts";

const facts = { method: "get", tag: "recommendation", answer: scoresAnswer } as const;
const itemQuery = ["n", "offset", "category", "user-id"] as const;
const userQuery = ["n", "offset"] as const;

/** Neighbors of items and of users, by the first recommender of the kind or by a named one. */
export function neighborEndpoints(context: ApiContext): Endpoint[] {
  const { recommender } = context;
  const ofItem = async (c: Context, name: string | undefined): Promise<Reply> =>
    listReply(await recommender.itemToItem(name, readItemId(c), readListQuery(c, context)));
  const ofUser = async (c: Context, name: string | undefined): Promise<Reply> =>
    usersReply(await recommender.userToUser(name, readUserId(c), readListQuery(c, context)));
  return [
    ...["/api/item/{item-id}/neighbors", "/api/item/{item-id}/neighbors/{category}"].map((path) =>
      endpoint(
        { ...facts, path, name: "itemNeighbors", query: itemQuery, summary: "Items like an item", failures: [404] },
        (c) => ofItem(c, undefined),
      ),
    ),
    endpoint(
      {
        ...facts,
        path: "/api/item-to-item/{name}/{item-id}",
        name: "itemToItem",
        query: itemQuery,
        summary: "Items like an item, by one recommender",
      },
      (c) => ofItem(c, readName(c, "name")),
    ),
    endpoint(
      {
        ...facts,
        path: "/api/user/{user-id}/neighbors",
        name: "userNeighbors",
        query: userQuery,
        summary: "Users like a user",
        failures: [404],
      },
      (c) => ofUser(c, undefined),
    ),
    endpoint(
      {
        ...facts,
        path: "/api/user-to-user/{name}/{user-id}",
        name: "userToUser",
        query: userQuery,
        summary: "Users like a user, by one recommender",
      },
      (c) => ofUser(c, readName(c, "name")),
    ),
  ];
}

function usersReply(answer: ListAnswer<SimilarUser>): ReplyOptions {
  return {
    body: writeList(answer.rows, (row, depth) => writeScore(row.userId, row.score, depth)),
    headers: { "Last-Modified": formatHttpTime(answer.updatedMs) },
  };
}
