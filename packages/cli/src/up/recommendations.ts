import type { CallOptions } from "@furze/core";
import { RestError } from "../rest/http-json.ts";
import type { RestClient } from "../rest/rest-client.ts";
import type { WireRecommendation } from "../rest/wire.ts";
import type { SampleUser } from "./sample-user.ts";
import type { ShownLists } from "./show-recommendations.ts";

const LIKED_SHOWN = 5;
const RECOMMENDED_SHOWN = 10;

/** Whether any entry comes from something that knows the user, not only from what is popular or new. */
export function isPersonal(list: readonly WireRecommendation[]): boolean {
  return list.some((entry) => entry.Sources.some((source) => source !== "latest" && !source.startsWith("non-personalized/")));
}

/** Reads what the table of one user needs. */
export async function readLists(client: RestClient, user: SampleUser, options: CallOptions = {}): Promise<ShownLists> {
  const title = (itemId: string) => titleOf(client, itemId, options);
  const list = await client.recommend(user.userId, RECOMMENDED_SHOWN, options);
  const liked = user.liked.slice(0, LIKED_SHOWN).map(async (row) => ({ title: await title(row.ItemId), value: row.Value }));
  const recommended = list.map(async (entry) => ({ title: await title(entry.Id), source: entry.Sources[0] ?? "" }));
  return { userId: user.userId, liked: await Promise.all(liked), recommended: await Promise.all(recommended) };
}

/** The item's comment, which holds the title in the examples, or its id where there is none. */
async function titleOf(client: RestClient, itemId: string, options: CallOptions): Promise<string> {
  try {
    return (await client.item(itemId, options)).Comment || itemId;
  } catch (error) {
    // Deleted between the two calls.
    if (error instanceof RestError && error.status === 404) return itemId;
    throw error;
  }
}
