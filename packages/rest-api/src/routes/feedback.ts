import { type Feedback, NotFoundError } from "@furze/core";
import type { FeedbackWriteMode } from "@furze/storage";
import { bodyEndpoint, type Endpoint, endpoint } from "../endpoint.ts";
import type { ApiContext } from "../options.ts";
import { manyFeedback } from "../request/bodies.ts";
import { readFeedbackCursor, writeFeedbackCursor } from "../request/cursor.ts";
import { readItemId, readLimit, readName, readUserId } from "../request/query.ts";
import { toFeedback } from "../request/to-feedback.ts";
import { pageOf, successAnswer } from "../response-schemas.ts";
import { storeFeedback } from "../store-feedback.ts";
import { writeList, writePage, writeRowAffected } from "../wire/json-writer.ts";

const tag = "feedback";

export function feedbackEndpoints(context: ApiContext): Endpoint[] {
  return [
    insertEndpoint(context, "post", "sum"),
    insertEndpoint(context, "put", "overwrite"),
    listEndpoint(context, "listFeedback", "/api/feedback"),
    listEndpoint(context, "listFeedbackOfType", "/api/feedback/{feedback-type}"),
    ...pairEndpoints(context),
    ...typedPairEndpoints(context),
  ];
}

function insertEndpoint(context: ApiContext, method: "post" | "put", mode: FeedbackWriteMode): Endpoint {
  const summary = mode === "sum" ? "Insert feedback; values of the same key add up" : "Insert or replace feedback";
  const name = mode === "sum" ? "insertFeedback" : "replaceFeedback";
  const { autoInsertUsers, autoInsertItems } = context.options;
  return bodyEndpoint(
    context,
    { method, path: "/api/feedback", tag, name, summary, answer: successAnswer, failures: [429], format: manyFeedback },
    async (bodies) => {
      const rows = bodies.map((body) => toFeedback(body));
      return writeRowAffected(await storeFeedback(context, rows, { mode, autoInsertUsers, autoInsertItems }));
    },
  );
}

function listEndpoint(context: ApiContext, name: string, path: string): Endpoint {
  const { dataStore, clock, options, dialect } = context;
  return endpoint(
    {
      method: "get",
      path,
      tag,
      name,
      summary: "Feedback in order of type, user and item",
      query: ["n", "cursor"],
      answer: pageOf("Feedback", dialect.feedbackAnswer),
    },
    async (c) => {
      const page = await dataStore.feedback.list({
        limit: readLimit(c, context),
        from: readFeedbackCursor(c),
        feedbackType: c.req.param("feedback-type"),
        untilMs: clock.now() + options.clockErrorMs,
      });
      return writePage(writeFeedbackCursor(page.next), "Feedback", page.rows, dialect.writeFeedback);
    },
  );
}

function pairEndpoints({ dataStore, dialect }: ApiContext): Endpoint[] {
  const path = "/api/feedback/{user-id}/{item-id}";
  return [
    endpoint(
      {
        method: "get",
        path,
        tag,
        name: "feedbackOfPair",
        summary: "Feedback of a user on an item",
        answer: dialect.feedbackAnswer.array(),
      },
      async (c) => {
        const rows: Feedback[] = await dataStore.feedback.ofPair(readUserId(c), readItemId(c));
        return writeList(rows, dialect.writeFeedback);
      },
    ),
    endpoint(
      {
        method: "delete",
        path,
        tag,
        name: "deleteFeedbackOfPair",
        summary: "Delete the feedback of a user on an item",
        answer: successAnswer,
      },
      async (c) => writeRowAffected(await dataStore.feedback.deletePair(readUserId(c), readItemId(c))),
    ),
  ];
}

function typedPairEndpoints({ dataStore, dialect }: ApiContext): Endpoint[] {
  const path = "/api/feedback/{feedback-type}/{user-id}/{item-id}";
  return [
    endpoint(
      {
        method: "get",
        path,
        tag,
        name: "getFeedback",
        summary: "One row of feedback",
        answer: dialect.feedbackAnswer,
        failures: [404],
      },
      async (c) => {
        const [userId, itemId, feedbackType] = [readUserId(c), readItemId(c), readName(c, "feedback-type")];
        const [row] = await dataStore.feedback.ofPair(userId, itemId, { feedbackType });
        if (row === undefined) throw new NotFoundError("feedback", `${feedbackType}/${userId}/${itemId}`);
        return dialect.writeFeedback(row);
      },
    ),
    endpoint(
      { method: "delete", path, tag, name: "deleteFeedback", summary: "Delete one row of feedback", answer: successAnswer },
      async (c) => {
        const feedbackType = readName(c, "feedback-type");
        return writeRowAffected(await dataStore.feedback.deletePair(readUserId(c), readItemId(c), { feedbackType }));
      },
    ),
  ];
}
