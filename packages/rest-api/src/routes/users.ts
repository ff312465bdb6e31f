import { NotFoundError, type User } from "@furze/core";
import { bodyEndpoint, type Endpoint, endpoint } from "../endpoint.ts";
import type { ApiContext } from "../options.ts";
import { manyUsers, oneUser, userPatch } from "../request/bodies.ts";
import { readCursor, writeCursor } from "../request/cursor.ts";
import { firstOfEachId } from "../request/first-of-each-id.ts";
import { checkLabelsSize } from "../request/labels-size.ts";
import { readLimit, readUserId } from "../request/query.ts";
import { successAnswer, userAnswer, usersPage } from "../response-schemas.ts";
import type { UserBody } from "../schemas.ts";
import { writePage, writeRowAffected, writeUser } from "../wire/json-writer.ts";

const tag = "users";

export function userEndpoints(context: ApiContext): Endpoint[] {
  const { dataStore, options } = context;
  const toUser = (body: UserBody): User => {
    const labels = body.Labels ?? null;
    checkLabelsSize(labels, options.maxLabelsBytes);
    return { userId: body.UserId, labels, comment: body.Comment ?? "" };
  };
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
        format: oneUser,
      },
      async (body) => {
        await dataStore.users.upsert([toUser(body)]);
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
        format: manyUsers,
      },
      async (bodies) => {
        const users = firstOfEachId(bodies.map(toUser), (user) => user.userId);
        if (users.length > 0) await dataStore.users.upsert(users);
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
        format: userPatch,
      },
      async (body, c) => {
        if (body.Labels != null) checkLabelsSize(body.Labels, options.maxLabelsBytes);
        await dataStore.users.patch(readUserId(c), {
          ...(body.Labels == null ? {} : { labels: body.Labels }),
          ...(body.Comment == null ? {} : { comment: body.Comment }),
        });
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
        answer: userAnswer,
        failures: [404],
      },
      async (c) => {
        const userId = readUserId(c);
        const [user] = await dataStore.users.get([userId]);
        if (user === undefined) throw new NotFoundError("user", userId);
        return writeUser(user);
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
        await dataStore.users.delete([readUserId(c)]);
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
        answer: usersPage,
      },
      async (c) => {
        const page = await dataStore.users.list({ limit: readLimit(c, context), from: readCursor(c) });
        return writePage(writeCursor(page.next), "Users", page.rows, writeUser);
      },
    ),
  ];
}
