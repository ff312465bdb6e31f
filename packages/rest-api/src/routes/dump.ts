import { z } from "@hono/zod-openapi";
import { fileStream } from "../bulk/file-stream.ts";
import { trainAfter } from "../bulk/train-after.ts";
import type { CatalogSummary } from "../catalog-summary.ts";
import { restoreDump } from "../dump/restore-dump.ts";
import { writeDump } from "../dump/write-dump.ts";
import { type Endpoint, endpoint, streamEndpoint } from "../endpoint.ts";
import type { MasterContext } from "../options.ts";
import { restoredAnswer } from "../response-schemas.ts";
import { storeFeedback } from "../store-feedback.ts";
import { storeItems, storeUsers } from "../store-rows.ts";
import { writeFields } from "../wire/json-writer.ts";

const BINARY = "application/octet-stream";
const facts = { access: "admin", tag: "bulk" } as const;

/** All data in one binary file, and back. */
export function dumpEndpoints(context: MasterContext, catalog: CatalogSummary): Endpoint[] {
  const { dataStore, clock, logger } = context;
  return [
    endpoint(
      {
        ...facts,
        method: "get",
        path: "/api/dump",
        name: "dump",
        summary: "All users, items and feedback in one binary file",
        answer: z.string().openapi({ format: "binary" }),
        answerType: BINARY,
      },
      () => ({
        body: fileStream(writeDump(dataStore), (error) => logger.error("dump has broken off", { error })),
        contentType: BINARY,
      }),
    ),
    streamEndpoint(
      {
        ...facts,
        method: "post",
        path: "/api/restore",
        name: "restore",
        summary: "Insert or replace the rows of a dump; other rows stay",
        answer: restoredAnswer,
        bodyTypes: [BINARY],
        failures: [429],
      },
      async (body) => {
        const startedMs = clock.now();
        const restored = await trainAfter(context, catalog, (noting) =>
          restoreDump(body, {
            users: noting((rows) => storeUsers(context, rows)),
            items: noting((rows) => storeItems(context, rows)),
            feedback: noting((rows) =>
              storeFeedback(context, rows, { mode: "overwrite", autoInsertUsers: false, autoInsertItems: false }),
            ),
          }),
        );
        const { users, items, feedback } = restored;
        const durationNs = Math.round((clock.now() - startedMs) * 1e6);
        return writeFields(0, { Users: users, Items: items, Feedback: feedback, Duration: durationNs });
      },
    ),
  ];
}
