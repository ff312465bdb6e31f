import { checkId, type Feedback, parseDuration, type UserId } from "@furze/core";
import type { Recommendation } from "@furze/recommend";
import type { Context } from "hono";
import { type Endpoint, endpoint } from "../endpoint.ts";
import type { ApiContext } from "../options.ts";
import { readCategories, readPaging, readUserId } from "../request/query.ts";
import { recommendAnswer } from "../response-schemas.ts";
import { storeFeedback } from "../store-feedback.ts";
import { quote, writeList, writeValue } from "../wire/json-writer.ts";
import { writeRecommendations } from "./ranked-list.ts";

/** Recommendations of a user: ids; with `X-API-Version: 2` scores; with `details=true` also where each comes from. */
export function recommendEndpoints(context: ApiContext): Endpoint[] {
  const { recommender, options } = context;
  return ["/api/recommend/{user-id}", "/api/recommend/{user-id}/{category}"].map((path) =>
    endpoint(
      {
        method: "get",
        path,
        tag: "recommendation",
        name: "recommend",
        summary: "Recommendations of a user",
        query: ["n", "offset", "category", "write-back-type", "write-back-delay", "details"],
        headers: ["X-API-Version"],
        answer: recommendAnswer,
      },
      async (c) => {
        const userId = readUserId(c);
        const { limit, offset } = readPaging(c, context);
        const writeBack = readWriteBack(c);
        // As in Gorse, 0 asks for everything there is.
        const query = { limit: limit === 0 ? options.maxLimit : limit, offset, categories: readCategories(c) };
        const rows = await recommender.recommend(userId, query);
        if (writeBack !== undefined) await storeWriteBack(context, userId, rows, writeBack);
        if (c.req.query("details") === "true") return writeList(rows, writeDetails);
        if (c.req.header("x-api-version")?.trim() === "2") return writeRecommendations(rows);
        return writeList(rows, (row) => quote(row.itemId));
      },
    ),
  );
}

interface WriteBack {
  readonly feedbackType: string;
  readonly delayMs: number;
}

function readWriteBack(c: Context): WriteBack | undefined {
  const feedbackType = c.req.query("write-back-type") ?? "";
  const delay = c.req.query("write-back-delay") ?? "";
  const delayMs = delay === "" ? 0 : parseDuration(delay);
  if (feedbackType === "") return undefined;
  checkId(feedbackType, "write-back-type");
  return { feedbackType, delayMs };
}

/** Notes what was recommended, in one write; for a user that does not exist nothing is stored. */
async function storeWriteBack(
  context: ApiContext,
  userId: UserId,
  rows: readonly Recommendation[],
  writeBack: WriteBack,
): Promise<void> {
  const timestampMs = Math.round(context.clock.now() + writeBack.delayMs);
  const feedback = rows.map(
    ({ itemId }): Feedback => ({
      feedbackType: writeBack.feedbackType,
      userId,
      itemId,
      value: 0,
      timestampMs,
      updatedMs: timestampMs,
      comment: "",
    }),
  );
  await storeFeedback(context, feedback, { mode: "sum", autoInsertUsers: false, autoInsertItems: false });
}

function writeDetails(row: Recommendation, depth: number): string {
  const line = `\n${" ".repeat(depth + 1)}`;
  return (
    `{${line}"Id": ${quote(row.itemId)},${line}"Score": ${writeValue(row.score)}` +
    `,${line}"Sources": ${writeValue(row.sources, depth + 1)},${line}"ModelId": ${quote(row.modelId)}\n${" ".repeat(depth)}}`
  );
}
