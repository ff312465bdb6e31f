import { type Feedback, type FeedbackExpression, parseFeedbackExpression } from "@furze/core";
import type { Context } from "hono";
import { type Endpoint, endpoint } from "../endpoint.ts";
import type { ApiContext } from "../options.ts";
import { readItemId, readName, readUserId } from "../request/query.ts";
import { writeList } from "../wire/json-writer.ts";

/** Feedback of one user or of one item. */
export function feedbackOfEndpoints({ dataStore, clock, options, dialect }: ApiContext): Endpoint[] {
  const facts = { method: "get", tag: "feedback", answer: dialect.feedbackAnswer.array() } as const;
  const { feedback } = dataStore;
  const untilMs = (): number => clock.now() + options.clockErrorMs;
  const ofUser = async (c: Context, expressions?: readonly FeedbackExpression[]): Promise<readonly Feedback[]> =>
    (await feedback.ofUsers([readUserId(c)], { expressions, untilMs: untilMs() }))[0] ?? [];
  const ofItem = async (c: Context, expressions?: readonly FeedbackExpression[]): Promise<readonly Feedback[]> =>
    (await feedback.ofItems([readItemId(c)], { expressions, untilMs: untilMs() }))[0] ?? [];
  return [
    endpoint(
      { ...facts, path: "/api/user/{user-id}/feedback", name: "feedbackOfUser", summary: "Feedback of a user, newest first" },
      async (c) => writeList(await ofUser(c), dialect.writeFeedback),
    ),
    endpoint(
      {
        ...facts,
        path: "/api/user/{user-id}/feedback/{feedback-type}",
        name: "feedbackOfUserByType",
        summary: "Feedback of a user that matches an expression such as `rating>=4`, in order of items",
      },
      async (c) => {
        const rows = await ofUser(c, [parseFeedbackExpression(c.req.param("feedback-type") ?? "")]);
        return writeList(
          inOrder(rows, (row) => row.itemId),
          dialect.writeFeedback,
        );
      },
    ),
    endpoint(
      {
        ...facts,
        path: "/api/item/{item-id}/feedback",
        name: "feedbackOfItem",
        summary: "Feedback on an item, in order of users",
      },
      async (c) =>
        writeList(
          inOrder(await ofItem(c), (row) => row.userId),
          dialect.writeFeedback,
        ),
    ),
    endpoint(
      {
        ...facts,
        path: "/api/item/{item-id}/feedback/{feedback-type}",
        name: "feedbackOfItemByType",
        summary: "Feedback of one type on an item, in order of users",
      },
      async (c) => {
        const rows = await ofItem(c, [{ feedbackType: readName(c, "feedback-type") }]);
        return writeList(
          inOrder(rows, (row) => row.userId),
          dialect.writeFeedback,
        );
      },
    ),
  ];
}

/** Rows by an id, then type: the order of the primary key, in which Gorse's stores give them. */
function inOrder(rows: readonly Feedback[], idOf: (row: Feedback) => string): Feedback[] {
  return [...rows].sort((a, b) => compare(idOf(a), idOf(b)) || compare(a.feedbackType, b.feedbackType));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
