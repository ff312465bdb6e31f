import { NotFoundError, type UserPatch } from "@furze/core";
import { bodyEndpoint, type Endpoint, endpoint } from "../endpoint.ts";
import type { ApiContext } from "../options.ts";
import { checkRowLimits } from "../quota/row-limits.ts";
import { manyUsers, oneUser, userPatch } from "../request/bodies.ts";
import { readCursor, writeCursor } from "../request/cursor.ts";
import { firstOfEachId } from "../request/first-of-each-id.ts";
import { readLimit, readUserId } from "../request/query.ts";
import { toUser } from "../request/to-user.ts";
import { pageOf, successAnswer } from "../response-schemas.ts";
import { storeUsers } from "../store-rows.ts";
import { writePage, writeRowAffected } from "../wire/json-writer.ts";

const tag = "users";

export function userEndpoints(context: ApiContext): Endpoint[] {
  const { dataStore, dialect, quotas } = context;
  return [
    bodyEndpoint(
      context,
      {
        method: "post",
        path: "/api/user",
        tag,
        name: "insertUser",
        summary: "Insert or replace a user",
        answer: successAnswer,
        failures: [429],
        format: oneUser,
      },
      async (body) => {
        const user = toUser(body, context);
        await storeUsers(context, [user]);
        return writeRowAffected(1);
      },
    ),
    bodyEndpoint(
      context,
      {
        method: "post",
        path: "/api/users",
        tag,
        name: "insertUsers",
        summary: "Insert or replace users",
        answer: successAnswer,
        failures: [429],
        format: manyUsers,
      },
      async (bodies) => {
        const rows = bodies.map((body) => toUser(body, context));
        const users = firstOfEachId(rows, (user) => user.userId);
        if (users.length > 0) await storeUsers(context, users);
        return writeRowAffected(bodies.length);
      },
    ),
    bodyEndpoint(
      context,
      {
        method: "patch",
        path: "/api/user/{user-id}",
        tag,
        name: "patchUser",
        summary: "Change a user",
        answer: successAnswer,
        failures: [429],
        format: userPatch,
      },
      async (body, c) => {
        const patch: UserPatch = {
          ...(body.Labels == null ? {} : { labels: body.Labels }),
          ...(body.Comment == null ? {} : { comment: body.Comment }),
        };
        dialect.checkLabels(patch.labels ?? null, "UserPatch");
        checkRowLimits(patch, quotas.limits);
        await dataStore.users.patch(readUserId(c), patch);
        return writeRowAffected(1);
      },
    ),
    endpoint(
      {
        method: "get",
        path: "/api/user/{user-id}",
        tag,
        name: "getUser",
        summary: "A user",
        answer: dialect.userAnswer,
        failures: [404],
      },
      async (c) => {
        const userId = readUserId(c);
        const [user] = await dataStore.users.get([userId]);
        if (user === undefined) throw new NotFoundError("user", userId);
        return dialect.writeUser(user);
      },
    ),
    endpoint(
      {
        method: "delete",
        path: "/api/user/{user-id}",
        tag,
        name: "deleteUser",
        summary: "Delete a user with his feedback",
        answer: successAnswer,
      },
      async (c) => {
        quotas.users.release(await dataStore.users.delete([readUserId(c)]));
        return writeRowAffected(1);
      },
    ),
    endpoint(
      {
        method: "get",
        path: "/api/users",
        tag,
        name: "listUsers",
        summary: "Users in order of their ids",
        query: ["n", "cursor"],
        answer: pageOf("Users", dialect.userAnswer),
      },
      async (c) => {
        const page = await dataStore.users.list({ limit: readLimit(c, context), from: readCursor(c) });
        return writePage(writeCursor(page.next), "Users", page.rows, dialect.writeUser);
      },
    ),
  ];
}
