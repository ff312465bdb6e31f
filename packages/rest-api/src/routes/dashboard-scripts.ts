import { checkId } from "@furze/core";
import type { Context } from "hono";
import { type Endpoint, endpoint } from "../endpoint.ts";
import { badRequest } from "../http-error.ts";
import type { MasterContext } from "../options.ts";
import { decodeBase64 } from "../request/base64.ts";
import { namesAnswer } from "../response-schemas.ts";
import { quote, writeList } from "../wire/json-writer.ts";

/** Runs a script as an external recommender would, so that it can be tried before it is configured; absent where none can be run. */
export function scriptEndpoints({ runScript }: MasterContext): Endpoint[] {
  if (runScript === undefined) return [];
  return [
    endpoint(
      {
        access: "admin",
        tag: "dashboard",
        method: "get",
        path: "/api/dashboard/external",
        name: "previewExternal",
        summary: "What a script recommends to a user",
        query: ["script", "user-id"],
        answer: namesAnswer,
        failures: [413],
      },
      async (c) => writeList(await runScript(readScript(c), readUser(c), { signal: c.req.raw.signal }), quote),
    ),
  ];
}

function readScript(c: Context): string {
  const script = c.req.query("script") ?? "";
  if (script === "") throw badRequest("script is required");
  return decodeBase64(script, "invalid script encoding: ");
}

/** A script may do without a user. */
function readUser(c: Context): string {
  const userId = c.req.query("user-id") ?? "";
  if (userId !== "") checkId(userId, "user-id");
  return userId;
}
