import {
  type Feedback,
  type FeedbackExpression,
  type Item,
  type ItemId,
  NotFoundError,
  parseFeedbackExpression,
  type User,
  ZERO_TIME_MS,
} from "@furze/core";
import { collections } from "@furze/recommend";
import type { Context } from "hono";
import { type Endpoint, endpoint } from "../endpoint.ts";
import type { MasterContext } from "../options.ts";
import { readCursor, writeCursor } from "../request/cursor.ts";
import { readLimit, readPaging, readUserId } from "../request/query.ts";
import { feedbackWithItemAnswer, pageOf, userActivityAnswer } from "../response-schemas.ts";
import { formatTime, quote, writeExtended, writeList, writePage, writeValue } from "../wire/json-writer.ts";

const facts = { access: "admin", tag: "dashboard", method: "get" } as const;

/** Users with what they have done, for people to look at. */
export function dashboardUserEndpoints(context: MasterContext): Endpoint[] {
  const { dataStore, positiveFeedback } = context;
  return [
    endpoint(
      {
        ...facts,
        path: "/api/dashboard/user/{user-id}",
        name: "showUser",
        summary: "A user, when he was last active and when his recommendations were made",
        answer: userActivityAnswer,
        failures: [404],
      },
      async (c) => {
        const userId = readUserId(c);
        const [user] = await dataStore.users.get([userId]);
        if (user === undefined) throw new NotFoundError("user", userId);
        const [row] = await withActivity(context, [user]);
        return row === undefined ? "{}" : writeUserActivity(context, row, 0);
      },
    ),
    endpoint(
      {
        ...facts,
        path: "/api/dashboard/users",
        name: "showUsers",
        summary: "Users in order of their ids, with their activity",
        query: ["n", "cursor"],
        answer: pageOf("Users", userActivityAnswer).openapi("UserActivityPage"),
      },
      async (c) => {
        const page = await dataStore.users.list({ limit: readLimit(c, context), from: readCursor(c) });
        const rows = await withActivity(context, page.rows);
        return writePage(writeCursor(page.next), "Users", rows, (row, depth) => writeUserActivity(context, row, depth));
      },
    ),
    endpoint(
      {
        ...facts,
        path: "/api/dashboard/user/{user-id}/feedback",
        name: "showPositiveFeedback",
        summary: "Positive feedback of a user with its items, newest first",
        query: ["n", "offset"],
        answer: feedbackWithItemAnswer.array(),
      },
      (c) => writeHistory(c, context, positiveFeedback),
    ),
    endpoint(
      {
        ...facts,
        path: "/api/dashboard/user/{user-id}/feedback/{feedback-type}",
        name: "showFeedback",
        summary: "Feedback of a user that matches an expression such as `rating>=4`, with its items, newest first",
        query: ["n", "offset"],
        answer: feedbackWithItemAnswer.array(),
      },
      (c) => writeHistory(c, context, [parseFeedbackExpression(c.req.param("feedback-type") ?? "")]),
    ),
  ];
}

interface UserActivity {
  readonly user: User;
  readonly activeMs: number;
  readonly listMs: number;
}

/** Users whose feedback is held at a time. */
const BATCH_USERS = 100;

async function withActivity({ dataStore, cacheStore }: MasterContext, users: readonly User[]): Promise<UserActivity[]> {
  const rows: UserActivity[] = [];
  for (let start = 0; start < users.length; start += BATCH_USERS) {
    const batch = users.slice(start, start + BATCH_USERS);
    const ids = batch.map((user) => user.userId);
    const [feedback, { lists }] = await Promise.all([
      dataStore.feedback.ofUsers(ids),
      cacheStore.getLists(ids.map((name) => ({ collection: collections.recommend, name }))),
    ]);
    for (const [place, user] of batch.entries()) {
      const activeMs = feedback[place]?.[0]?.timestampMs ?? ZERO_TIME_MS;
      rows.push({ user, activeMs, listMs: lists[place]?.updatedMs ?? ZERO_TIME_MS });
    }
  }
  return rows;
}

function writeUserActivity({ dialect }: MasterContext, { user, activeMs, listMs }: UserActivity, depth: number): string {
  const times = { LastActiveTime: formatTime(activeMs), LastUpdateTime: formatTime(listMs) };
  return writeExtended(dialect.writeUser(user, depth), depth, times);
}

async function writeHistory(
  c: Context,
  context: MasterContext,
  expressions: readonly FeedbackExpression[] | undefined,
): Promise<string> {
  const { dataStore, clock, options, dialect } = context;
  const { limit, offset } = readPaging(c, context);
  const untilMs = clock.now() + options.clockErrorMs;
  const [rows = []] = await dataStore.feedback.ofUsers([readUserId(c)], { expressions, untilMs });
  const page = rows.slice(offset, offset + limit);
  const items = await dataStore.items.get(page.map((row) => row.itemId));
  return writeList(
    page.map((row, place) => ({ row, item: items[place] ?? missingItem(row.itemId) })),
    ({ row, item }, depth) => writeFeedbackWithItem(row, dialect.writeItem(item, depth + 1), depth),
  );
}

function writeFeedbackWithItem(row: Feedback, item: string, depth: number): string {
  const line = `\n${" ".repeat(depth + 1)}`;
  return (
    `{${line}"FeedbackType": ${quote(row.feedbackType)},${line}"UserId": ${quote(row.userId)},${line}"Item": ${item}` +
    `,${line}"Value": ${writeValue(row.value)},${line}"Timestamp": "${formatTime(row.timestampMs)}"` +
    `,${line}"Comment": ${quote(row.comment)}\n${" ".repeat(depth)}}`
  );
}

function missingItem(itemId: ItemId): Item {
  const comment = "This item doesn't exist.";
  return { itemId, isHidden: false, categories: [], timestampMs: ZERO_TIME_MS, labels: null, comment };
}
