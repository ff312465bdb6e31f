import { checkId } from "@furze/core";
import type { Context } from "hono";
import { type Endpoint, endpoint } from "../endpoint.ts";
import { badRequest } from "../http-error.ts";
import type { MasterContext } from "../options.ts";
import { decodeBase64 } from "../request/base64.ts";
import { promptAnswer } from "../response-schemas.ts";
import { quote, writeList, writeTexts } from "../wire/json-writer.ts";

/** What the ranker `llm` would ask with templates that are being written; absent where nobody can fill them in. */
export function promptEndpoints({ previewPrompt }: MasterContext): Endpoint[] {
  if (previewPrompt === undefined) return [];
  return [
    endpoint(
      {
        access: "admin",
        tag: "dashboard",
        method: "get",
        path: "/api/dashboard/ranker/prompt",
        name: "previewPrompt",
        summary: "What templates make of a user and of the newest items",
        query: ["query-template", "document-template", "user-id"],
        answer: promptAnswer,
        failures: [404],
      },
      async (c) => {
        const templates = { query: readTemplate(c, "query-template"), document: readTemplate(c, "document-template") };
        const userId = c.req.query("user-id") ?? "";
        if (userId === "") throw badRequest("user-id is required");
        checkId(userId, "user-id");
        const { query, documents } = await previewPrompt(templates, userId, { signal: c.req.raw.signal });
        return writeTexts(0, { query: quote(query), documents: writeList(documents, quote, 1) });
      },
    ),
  ];
}

function readTemplate(c: Context, name: string): string {
  const text = c.req.query(name) ?? "";
  if (text === "") throw badRequest(`${name} is required`);
  return decodeBase64(text, `invalid ${name} encoding: `);
}
