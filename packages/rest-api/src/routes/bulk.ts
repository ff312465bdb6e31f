import type { Feedback } from "@furze/core";
import { z } from "@hono/zod-openapi";
import { importRows, type RowImport } from "../bulk/import-rows.ts";
import { lineStream } from "../bulk/line-stream.ts";
import { readUpload } from "../bulk/read-upload.ts";
import type { CatalogSummary } from "../catalog-summary.ts";
import { type Endpoint, endpoint, streamEndpoint } from "../endpoint.ts";
import type { MasterContext } from "../options.ts";
import { feedbackLine, oneItem, oneUser } from "../request/bodies.ts";
import { toFeedback } from "../request/to-feedback.ts";
import { toItem } from "../request/to-item.ts";
import { toUser } from "../request/to-user.ts";
import { successAnswer } from "../response-schemas.ts";
import { storeFeedback } from "../store-feedback.ts";
import { writeRowAffected } from "../wire/json-writer.ts";
import { writeFeedbackLine, writeItemLine, writeUserLine } from "../wire/line-writer.ts";

const JSON_LINES = "application/jsonl";
const facts = { access: "admin", tag: "bulk" } as const;

/** Users, items and feedback as files of JSON lines, in and out. */
export function bulkEndpoints(context: MasterContext, catalog: CatalogSummary): Endpoint[] {
  const { dataStore, itemEditor, quotas, clock, options } = context;
  const { autoInsertUsers, autoInsertItems } = options;
  const untilMs = (): number => clock.now() + options.clockErrorMs;
  return [
    exportEndpoint(context, "users", () => dataStore.users.scan(), writeUserLine),
    exportEndpoint(context, "items", () => dataStore.items.scan(), writeItemLine),
    exportEndpoint(
      context,
      "feedback",
      () => dataStore.feedback.scan({ order: "user", untilMs: untilMs() }),
      writeFeedbackLine,
    ),
    importEndpoint(context, catalog, "users", {
      decode: (line) => toUser(oneUser.decode(line), context),
      store: async (users) => {
        const ids = users.map((user) => user.userId);
        await quotas.users.admit(ids, () => dataStore.users.upsert(users));
        return users.length;
      },
    }),
    importEndpoint(context, catalog, "items", {
      decode: (line) => toItem(oneItem.decode(line), context),
      store: async (items) => {
        const ids = items.map((item) => item.itemId);
        await quotas.items.admit(ids, () => itemEditor.upsert(items));
        return items.length;
      },
    }),
    importEndpoint<Feedback>(context, catalog, "feedback", {
      decode: (line) => toFeedback(feedbackLine.decode(line)),
      store: (rows) => storeFeedback(context, rows, { mode: "overwrite", autoInsertUsers, autoInsertItems }),
    }),
  ];
}

type Kind = "users" | "items" | "feedback";

const capitalized = (kind: Kind): string => kind.charAt(0).toUpperCase() + kind.slice(1);

function exportEndpoint<Row>(
  { logger }: MasterContext,
  kind: Kind,
  scan: () => AsyncIterable<readonly Row[]>,
  write: (row: Row) => string,
): Endpoint {
  return endpoint(
    {
      ...facts,
      method: "get",
      path: `/api/bulk/${kind}`,
      name: `export${capitalized(kind)}`,
      summary: `All ${kind}, one a line`,
      answer: z.string(),
      answerType: JSON_LINES,
    },
    () => ({
      body: lineStream(scan(), write, (error) => logger.error("export has broken off", { kind, error })),
      contentType: JSON_LINES,
      headers: { "Content-Disposition": `attachment;filename=${kind}.jsonl` },
    }),
  );
}

function importEndpoint<Row>(
  { trainer }: MasterContext,
  catalog: CatalogSummary,
  kind: Kind,
  target: RowImport<Row>,
): Endpoint {
  return streamEndpoint(
    {
      ...facts,
      method: "post",
      path: `/api/bulk/${kind}`,
      name: `import${capitalized(kind)}`,
      summary: `Insert or replace ${kind}, one a line: as field \`file\` of a form, or as the body`,
      answer: successAnswer,
      bodyTypes: ["multipart/form-data", JSON_LINES, "application/x-ndjson"],
      failures: [429],
    },
    async (body, c) => {
      let hasStored = false;
      const store = async (rows: readonly Row[]): Promise<number> => {
        const accepted = await target.store(rows);
        hasStored = true;
        return accepted;
      };
      try {
        const contentType = c.req.header("content-type") ?? "";
        return writeRowAffected(await readUpload(body, contentType, (file) => importRows(file, { ...target, store })));
      } finally {
        // What was stored before a fault is news, too.
        if (hasStored) {
          catalog.forget();
          await trainer.trigger();
        }
      }
    },
  );
}
