import type { ListAnswer, Recommendation, SimilarUser } from "@furze/recommend";
import type { Context } from "hono";
import { type Endpoint, endpoint, type ReplyOptions } from "../endpoint.ts";
import type { ApiContext } from "../options.ts";
import { readCategories, readItemId, readName, readPaging, readUserId } from "../request/query.ts";
import { scoredItemsAnswer, scoredUsersAnswer } from "../response-schemas.ts";
import { formatHttpTime, writeExtended, writeList } from "../wire/json-writer.ts";
import { readListQuery, writeScoredItems } from "./ranked-list.ts";

const facts = { access: "admin", tag: "dashboard", method: "get" } as const;
const ofItems = { ...facts, query: ["n", "offset", "category"], answer: scoredItemsAnswer } as const;

/** Ranked lists with everything about the items and users in them, for people to look at. */
export function dashboardListEndpoints(context: ApiContext): Endpoint[] {
  const { recommender } = context;
  return [
    endpoint({ ...ofItems, path: "/api/dashboard/latest", name: "previewLatest", summary: "Newest items" }, async (c) =>
      writeScoredItems(context, await recommender.latest(readListQuery(c, context))),
    ),
    endpoint(
      {
        ...ofItems,
        path: "/api/dashboard/non-personalized/{name}",
        name: "previewNonPersonalized",
        summary: "Items of a non-personalized list",
        query: ["n", "offset", "category", "user-id"],
      },
      async (c) => itemsReply(context, await recommender.nonPersonalized(readName(c, "name"), readListQuery(c, context))),
    ),
    endpoint(
      {
        ...ofItems,
        path: "/api/dashboard/item-to-item/{name}/{item-id}",
        name: "previewItemToItem",
        summary: "Items like an item",
      },
      async (c) =>
        itemsReply(context, await recommender.itemToItem(readName(c, "name"), readItemId(c), readListQuery(c, context))),
    ),
    endpoint(
      {
        ...facts,
        path: "/api/dashboard/user-to-user/{name}/{user-id}",
        name: "previewUserToUser",
        summary: "Users like a user",
        query: ["n", "offset"],
        answer: scoredUsersAnswer,
      },
      async (c) =>
        usersReply(context, await recommender.userToUser(readName(c, "name"), readUserId(c), readListQuery(c, context))),
    ),
    ...recommendEndpoints(context),
  ];
}

/** What a user gets, and what single recommenders would give him. */
function recommendEndpoints(context: ApiContext): Endpoint[] {
  const { recommender } = context;
  const ofUser = { ...ofItems, query: ["n", "category"] } as const;
  const proposals = async (c: Context, name: string): Promise<string> => {
    const query = { limit: readPaging(c, context).limit, categories: readCategories(c) };
    return writeScoredItems(context, await recommender.proposals(name, readUserId(c), query));
  };
  return [
    endpoint(
      {
        ...ofUser,
        path: "/api/dashboard/recommend/{user-id}",
        name: "previewRecommend",
        summary: "Recommendations of a user",
      },
      async (c) => {
        const query = { limit: readPaging(c, context).limit, categories: readCategories(c) };
        return writeScoredItems(context, await recommender.recommend(readUserId(c), query));
      },
    ),
    endpoint(
      {
        ...ofUser,
        path: "/api/dashboard/recommend/{user-id}/{recommender}",
        name: "previewRecommender",
        summary: "What one recommender proposes to a user: `latest` or `collaborative`",
        failures: [503],
      },
      (c) => proposals(c, readName(c, "recommender")),
    ),
    endpoint(
      {
        ...ofUser,
        path: "/api/dashboard/recommend/{user-id}/{recommender}/{name}",
        name: "previewNamedRecommender",
        summary: "What one recommender of a kind proposes to a user, such as `item-to-item/similar`",
      },
      (c) => proposals(c, `${readName(c, "recommender")}/${readName(c, "name")}`),
    ),
  ];
}

async function itemsReply(context: ApiContext, answer: ListAnswer<Recommendation>): Promise<ReplyOptions> {
  const body = await writeScoredItems(context, answer.rows);
  return { body, headers: { "Last-Modified": formatHttpTime(answer.updatedMs) } };
}

async function usersReply({ dataStore, dialect }: ApiContext, answer: ListAnswer<SimilarUser>): Promise<ReplyOptions> {
  const users = await dataStore.users.get(answer.rows.map((row) => row.userId));
  const found = answer.rows.flatMap(({ score }, place) => {
    const user = users[place];
    return user === undefined ? [] : { user, score };
  });
  const body = writeList(found, ({ user, score }, depth) =>
    writeExtended(dialect.writeUser(user, depth), depth, { Score: score }),
  );
  return { body, headers: { "Last-Modified": formatHttpTime(answer.updatedMs) } };
}
