import type { Feedback } from "@furze/core";
import { createConnection } from "mysql2/promise";
import pg from "pg";
import { describe, expect, test } from "vitest";
import { openDataStore } from "../open-store.ts";

const PREFIX = "refused_";
/** More than one statement of either server. */
const BULK_ROWS = 5000;

const SERVERS = [
  { name: "postgres", url: process.env.FURZE_TEST_POSTGRES_URL ?? "", run: onPostgres },
  { name: "mariadb", url: process.env.FURZE_TEST_MYSQL_URL ?? "", run: onMysql },
] as const;

async function onPostgres(url: string, sql: string): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  await client.query(sql).finally(() => client.end());
}

async function onMysql(url: string, sql: string): Promise<void> {
  const connection = await createConnection(url);
  await connection.query(sql).finally(() => connection.end());
}

function rowsOf(userId: string, count: number, comment = ""): Feedback[] {
  return Array.from({ length: count }, (_, item) => ({
    ...{ feedbackType: "click", userId, itemId: `${userId}-${item}`, value: 1, timestampMs: 0, updatedMs: 0, comment },
  }));
}

/** Some statements are sent before those ahead of them are answered, COMMIT among them. */
describe.each(SERVERS)("rows that $name refuses", ({ url, run }) => {
  test.runIf(url !== "")("leave nothing of their call, and the calls beside them and after them are stored", async () => {
    const store = await openDataStore(url, { tablePrefix: PREFIX, maxConnections: 2 });
    await store.migrate();
    await store.purge();
    await run(url, `ALTER TABLE ${PREFIX}feedback ADD CONSTRAINT no_refused CHECK (comment <> 'refused')`);
    try {
      for (const mode of ["sum", "overwrite"] as const) {
        const write = (userId: string, count: number, comment?: string) =>
          store.feedback.upsert(rowsOf(`${userId}-${mode}`, count, comment), { mode });
        const bulk = [...rowsOf(`first-${mode}`, BULK_ROWS), ...rowsOf(`last-${mode}`, BULK_ROWS, "refused")];
        const signal = new AbortController().signal;
        const results = await Promise.allSettled([
          write("good", 3),
          write("bad", 3, "refused"),
          write("fine", 3),
          store.feedback.upsert(bulk, { mode }),
          store.feedback.upsert(bulk.toReversed(), { mode, signal }),
        ]);
        expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled", "rejected", "rejected"]);
        for (const result of results) {
          if (result.status === "rejected") expect(result.reason).toMatchObject({ code: "INTERNAL" });
          if (result.status === "rejected") expect(result.reason.message).toContain("no_refused");
        }
        await write("after", 3);
      }
      const { rows } = await store.users.list({ limit: 100 });
      const users = ["after", "fine", "good"].flatMap((name) => [`${name}-overwrite`, `${name}-sum`]);
      expect(rows.map(({ userId }) => userId)).toEqual(users);
      expect(await store.feedback.count()).toBe(3 * users.length);
      expect(await store.items.count()).toBe(3 * users.length);
    } finally {
      await run(url, `ALTER TABLE ${PREFIX}feedback DROP CONSTRAINT no_refused`);
      await store.close();
    }
  });
});
