import { describe, expect, it } from "vitest";
import { openMysqlDriver } from "../mysql/mysql-driver.ts";
import { openPostgresDriver } from "../postgres/postgres-driver.ts";
import { type IsolationLevel, poolSettings } from "./server-store-options.ts";
import type { SqlDriver } from "./sql-driver.ts";

const SERVERS = [
  {
    ...{ name: "PostgreSQL", uri: process.env.FURZE_TEST_POSTGRES_URL ?? "", open: openPostgresDriver },
    ...{ idSql: "SELECT pg_backend_pid()", countSql: "SELECT COUNT(*) FROM pg_stat_activity WHERE pid IN" },
  },
  {
    ...{ name: "MySQL", uri: process.env.FURZE_TEST_MYSQL_URL ?? "", open: openMysqlDriver },
    ...{ idSql: "SELECT CONNECTION_ID()", countSql: "SELECT COUNT(*) FROM information_schema.processlist WHERE id IN" },
  },
];

async function read(driver: SqlDriver, sql: string): Promise<unknown> {
  const connection = await driver.acquire();
  const { rows } = await connection.query(sql);
  connection.release(false);
  return rows[0]?.[0];
}

/** Connections to the server while `count` callers have one each. */
async function idsOf(driver: SqlDriver, idSql: string, count: number): Promise<number[]> {
  const connections = await Promise.all(Array.from({ length: count }, () => driver.acquire()));
  const results = await Promise.all(connections.map((connection) => connection.query(idSql)));
  for (const connection of connections) connection.release(false);
  return results.map(({ rows }) => Number(rows[0]?.[0]));
}

describe.each(SERVERS)("the pool of $name", ({ uri, open, idSql, countSql }) => {
  it.runIf(uri !== "")("keeps as many idle connections as it may", async () => {
    const driver = await open(poolSettings({ uri, maxConnections: 4, maxIdleConnections: 1 }));
    const ids = await idsOf(driver, idSql, 4);
    expect(new Set(ids).size).toBe(4);
    await expect.poll(() => read(driver, `${countSql} (${ids.join()})`).then(Number), { timeout: 10_000 }).toBeLessThan(2);
    await driver.end();
  });

  it.runIf(uri !== "")("keeps all of them unless told otherwise", async () => {
    const driver = await open(poolSettings({ uri, maxConnections: 3 }));
    const ids = await idsOf(driver, idSql, 3);
    expect((await idsOf(driver, idSql, 3)).sort()).toEqual(ids.sort());
    await driver.end();
  });
});

describe("transactions of MySQL", () => {
  const uri = process.env.FURZE_TEST_MYSQL_URL ?? "";
  it.runIf(uri !== "").each<IsolationLevel | undefined>([undefined, "READ-COMMITTED", "REPEATABLE-READ", "SERIALIZABLE"])(
    "are isolated as told: %s",
    async (isolationLevel) => {
      const driver = await openMysqlDriver(poolSettings({ uri, isolationLevel }));
      const variables =
        "SELECT variable_value FROM information_schema.session_variables WHERE variable_name IN ('tx_isolation', 'transaction_isolation')";
      expect(await read(driver, variables)).toBe(isolationLevel ?? "READ-COMMITTED");
      await driver.end();
    },
  );
});
