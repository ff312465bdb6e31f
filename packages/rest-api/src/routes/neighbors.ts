import type { ListAnswer, SimilarUser } from "@furze/recommend";
import type { Context } from "hono";
import { type Endpoint, endpoint, type Reply, type ReplyOptions } from "../endpoint.ts";
import type { ApiContext } from "../options.ts";
import { readItemId, readName, readUserId } from "../request/query.ts";
import { scoresAnswer } from "../response-schemas.ts";
import { formatHttpTime, writeList, writeScore } from "../wire/json-writer.ts";
import { listReply, readListQuery } from "./ranked-list.ts";

const facts = { method: "get", tag: "recommendation" } as const;
const ofUsers = { ...facts, query: ["n", "offset"], answer: scoresAnswer } as const;

/** Neighbors of items and of users, by the first recommender of the kind or by a named one. */
export function neighborEndpoints(context: ApiContext): Endpoint[] {
  const { recommender, dialect } = context;
  const ofItems = { ...facts, query: dialect.rankedQuery, answer: dialect.rankedAnswer } as const;
  const ofItem = async (c: Context, name: string | undefined): Promise<Reply> =>
    listReply(c, context, await recommender.itemToItem(name, readItemId(c), readListQuery(c, context)));
  const ofUser = async (c: Context, name: string | undefined): Promise<Reply> =>
    usersReply(await recommender.userToUser(name, readUserId(c), readListQuery(c, context)));
  return [
    ...["/api/item/{item-id}/neighbors", "/api/item/{item-id}/neighbors/{category}"].map((path) =>
      endpoint({ ...ofItems, path, name: "itemNeighbors", summary: "Items like an item", failures: [404] }, (c) =>
        ofItem(c, undefined),
      ),
    ),
    endpoint(
      {
        ...ofItems,
        path: "/api/item-to-item/{name}/{item-id}",
        name: "itemToItem",
        summary: "Items like an item, by one recommender",
      },
      (c) => ofItem(c, readName(c, "name")),
    ),
    endpoint(
      {
        ...ofUsers,
        path: "/api/user/{user-id}/neighbors",
        name: "userNeighbors",
        summary: "Users like a user",
        failures: [404],
      },
      (c) => ofUser(c, undefined),
    ),
    endpoint(
      {
        ...ofUsers,
        path: "/api/user-to-user/{name}/{user-id}",
        name: "userToUser",
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
