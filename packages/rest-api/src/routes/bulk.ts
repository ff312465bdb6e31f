import type { Feedback } from "@furze/core";
import { z } from "@hono/zod-openapi";
import { fileStream, piecesOf } from "../bulk/file-stream.ts";
import { importRows } from "../bulk/import-rows.ts";
import { readUpload } from "../bulk/read-upload.ts";
import type { RowImport } from "../bulk/row-batches.ts";
import { trainAfter } from "../bulk/train-after.ts";
import type { CatalogSummary } from "../catalog-summary.ts";
import { type Endpoint, endpoint, streamEndpoint } from "../endpoint.ts";
import type { MasterContext } from "../options.ts";
import { feedbackLine, oneItem, oneUser } from "../request/bodies.ts";
import { toFeedback } from "../request/to-feedback.ts";
import { toItem } from "../request/to-item.ts";
import { toUser } from "../request/to-user.ts";
import { successAnswer } from "../response-schemas.ts";
import { storeFeedback } from "../store-feedback.ts";
import { storeItems, storeUsers } from "../store-rows.ts";
import { writeRowAffected } from "../wire/json-writer.ts";
import { writeFeedbackLine, writeItemLine, writeUserLine } from "../wire/line-writer.ts";

const JSON_LINES = "application/jsonl";
const facts = { access: "admin", tag: "bulk" } as const;

/** Users, items and feedback as files of JSON lines, in and out. */
export function bulkEndpoints(context: MasterContext, catalog: CatalogSummary): Endpoint[] {
  const { dataStore, clock, options } = context;
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
      store: (users) => storeUsers(context, users),
    }),
    importEndpoint(context, catalog, "items", {
      decode: (line) => toItem(oneItem.decode(line), context),
      store: (items) => storeItems(context, items),
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
  const linesOf = (rows: readonly Row[]): Uint8Array => Buffer.from(rows.map((row) => `${write(row)}\n`).join(""));
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
      body: fileStream(piecesOf(scan(), linesOf), (error) => logger.error("export has broken off", { kind, error })),
      contentType: JSON_LINES,
      headers: { "Content-Disposition": `attachment;filename=${kind}.jsonl` },
    }),
  );
}

function importEndpoint<Row>(
  context: MasterContext,
  catalog: CatalogSummary,
  kind: Kind,
  target: Omit<RowImport<string, Row>, "unit">,
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
      const contentType = c.req.header("content-type") ?? "";
      const numAccepted = await trainAfter(context, catalog, (noting) => {
        const rows: RowImport<string, Row> = { ...target, unit: "line", store: noting(target.store) };
        return readUpload(body, contentType, (file) => importRows(file, rows));
      });
      return writeRowAffected(numAccepted);
    },
  );
}
