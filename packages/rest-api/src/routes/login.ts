import { z } from "@hono/zod-openapi";
import { type Endpoint, endpoint, type ReplyOptions } from "../endpoint.ts";
import { HttpError } from "../http-error.ts";
import type { MasterContext } from "../options.ts";
import { FORM_TYPE, readForm } from "../request/read-form.ts";
import { userInfoAnswer } from "../response-schemas.ts";
import { isSameOrigin } from "../sessions.ts";
import { writeFields } from "../wire/json-writer.ts";

/** Signing in and out from a browser, and who is signed in. */
export function loginEndpoints({ sessions }: MasterContext): Endpoint[] {
  const facts = { tag: "dashboard", answer: z.string(), answerType: "text/plain", failures: [302] } as const;
  return [
    {
      ...facts,
      access: "open",
      method: "post",
      path: "/login",
      name: "signIn",
      summary: "Sign in: sends on to `/` with the cookie of a session, or back to `/login?msg=incorrect`",
      failures: [302, 403, 429],
      body: z.object({ user_name: z.string(), password: z.string() }),
      bodyTypes: [FORM_TYPE],
      handle: async (c) => {
        if (sessions === undefined) return sendOn("/");
        // A page that signs others in could have them work under a name of its choice.
        const hasOrigin = c.req.header("origin") !== undefined || c.req.header("sec-fetch-site") !== undefined;
        if (hasOrigin && !isSameOrigin(c)) throw new HttpError(403, "sign in from a page of this site");
        const form = await readForm(c);
        if (!sessions.matches(form.get("user_name") ?? "", form.get("password") ?? "")) return sendOn("/login?msg=incorrect");
        return sendOn("/", await sessions.start(c));
      },
    },
    endpoint(
      {
        ...facts,
        access: "open",
        method: "get",
        path: "/logout",
        name: "signOut",
        summary: "Sign out: ends the session and sends on to `/login`",
      },
      async (c) => sendOn("/login", await sessions?.end(c)),
    ),
    endpoint(
      {
        access: "admin",
        tag: "dashboard",
        method: "get",
        path: "/api/dashboard/userinfo",
        name: "userInfo",
        summary: "Who signs in; null when nobody has to",
        answer: userInfoAnswer,
      },
      () => (sessions === undefined || sessions.userName === "" ? "null" : writeFields(0, userInfo(sessions.userName))),
    ),
  ];
}

function sendOn(location: string, cookie?: string): ReplyOptions {
  return {
    ...{ status: 302, body: "", contentType: "text/plain; charset=utf-8" },
    headers: { Location: location, "Cache-Control": "no-store", ...(cookie === undefined ? {} : { "Set-Cookie": cookie }) },
  };
}

/** What Gorse's dashboard reads: it wants texts, also where there is nothing to tell. */
function userInfo(name: string): Record<string, string | boolean> {
  return {
    name,
    ...{ family_name: "", given_name: "", middle_name: "", nickname: "", picture: "", updated_at: "", email: "" },
    ...{ email_verified: false, auth_type: "" },
  };
}
