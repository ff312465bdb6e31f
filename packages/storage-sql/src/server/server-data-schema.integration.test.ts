import { createConnection } from "mysql2/promise";
import pg from "pg";
import { describe, expect, test } from "vitest";
import { openDataStore } from "../open-store.ts";

const PREFIX = "older_";

const SERVERS = [
  { name: "postgres", url: process.env.FURZE_TEST_POSTGRES_URL ?? "", run: onPostgres },
  { name: "mariadb", url: process.env.FURZE_TEST_MYSQL_URL ?? "", run: onMysql },
] as const;

async function onPostgres(url: string, statements: readonly string[]): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  for (const sql of statements) await client.query(sql);
  await client.end();
}

async function onMysql(url: string, statements: readonly string[]): Promise<void> {
  const connection = await createConnection(url);
  for (const sql of statements) await connection.query(sql);
  await connection.end();
}

/** What migration 4 has made, and what the ledger says of it. */
const WITHOUT_LEDGER = [`DELETE FROM ${PREFIX}data_schema WHERE version = 4`];
const WITHOUT_DELETIONS = [...WITHOUT_LEDGER, `DROP TABLE ${PREFIX}deletions`];

describe.each(SERVERS)("a data store of an earlier release on $name", ({ url, run }) => {
  test.runIf(url !== "").each([
    ["that knows no version of deletions", WITHOUT_DELETIONS],
    ["whose migration ended in the middle", WITHOUT_LEDGER],
  ])("%s keeps its rows, and deletions reach every process", async (_, statements) => {
    const rows = ["u", "v"].map((userId) => ({
      ...{ feedbackType: "click", userId, itemId: "i", value: 1, timestampMs: 0, updatedMs: 0, comment: "" },
    }));
    const old = await openDataStore(url, { tablePrefix: PREFIX });
    await old.migrate();
    await old.purge();
    await old.feedback.upsert(rows, { mode: "overwrite" });
    await old.close();
    await run(url, statements);
    const stores = await Promise.all([
      openDataStore(url, { tablePrefix: PREFIX }),
      openDataStore(url, { tablePrefix: PREFIX }),
    ]);
    const [writer, deleter] = stores;
    await Promise.all(stores.map((store) => store.migrate()));
    expect(await writer.feedback.count()).toBe(2);
    await writer.feedback.upsert(rows, { mode: "sum" });
    expect(await deleter.users.delete(["u"])).toBe(1);
    await writer.feedback.upsert(rows, { mode: "sum" });
    expect((await deleter.users.get(["u", "v"])).map((user) => user?.userId)).toEqual(["u", "v"]);
    const [ofU, ofV] = await deleter.feedback.ofUsers(["u", "v"]);
    expect([ofU?.[0]?.value, ofV?.[0]?.value]).toEqual([1, 3]);
    await Promise.all(stores.map((store) => store.close()));
  });
});
