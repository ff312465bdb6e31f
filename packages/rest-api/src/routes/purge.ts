import { z } from "@hono/zod-openapi";
import type { CatalogSummary } from "../catalog-summary.ts";
import type { Endpoint } from "../endpoint.ts";
import { badRequest, HttpError } from "../http-error.ts";
import type { MasterContext } from "../options.ts";
import { FORM_TYPE, readForm } from "../request/read-form.ts";

/** What a caller has to name, all of it, in any order. */
const CHECKS = ["delete_cache", "delete_feedback", "delete_items", "delete_users"];

/** Deletes all data and all that was made from them. */
export function purgeEndpoints(context: MasterContext, catalog: CatalogSummary): Endpoint[] {
  const { dataStore, cacheStore, options, quotas, sessions, trainer } = context;
  return [
    {
      access: "admin",
      tag: "bulk",
      method: "post",
      path: "/api/purge",
      name: "purge",
      summary: `Delete all users, items, feedback and lists; \`check_list\` must be ${CHECKS.join(",")}`,
      body: z.object({ check_list: z.string() }),
      bodyTypes: [FORM_TYPE],
      answer: z.string(),
      answerType: "text/plain",
      handle: async (c) => {
        if (options.apiKey === "" && options.adminApiKey === "" && sessions === undefined) {
          throw new HttpError(401, "purge is not allowed without a key: set master.admin_api_key");
        }
        const form = await readForm(c);
        const checked = (form.get("check_list") ?? "").split(",").sort();
        if (checked.join() !== CHECKS.join()) throw badRequest("please confirm by checking all");
        await dataStore.purge();
        await cacheStore.purge();
        catalog.forget();
        quotas.users.forget();
        quotas.items.forget();
        // What training remembers belongs to rows that are gone.
        await trainer.trigger();
        return { body: "", contentType: "text/plain; charset=utf-8" };
      },
    },
  ];
}
