import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { poolSettings } from "../server/server-store-options.ts";
import type { ColumnKind, PooledConnection, SqlDriver, SqlValue } from "../server/sql-driver.ts";
import { columnArray, textArray } from "./postgres-arrays.ts";
import { openPostgresDriver } from "./postgres-driver.ts";

const uri = process.env.FURZE_TEST_POSTGRES_URL ?? "";

const CASES: readonly (readonly [ColumnKind, string, readonly SqlValue[]])[] = [
  ["text", "text[]", ["", "a", '"', "\\", "{,}", "NULL", "é", "日本", "😀", "x".repeat(70_000), null, "after"]],
  [
    "integer",
    "bigint[]",
    [0, 1, -1, 2 ** 32, -(2 ** 32), 2 ** 32 - 1, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, null, 7],
  ],
  ["double", "float8[]", [0, -0.1, 1e300, 5e-324, Number.POSITIVE_INFINITY, Number.NaN, null, 7]],
  ["bytes", "bytea[]", [Buffer.from([]), Buffer.from([0, 255, 34, 92]), null, Buffer.from("after")]],
];

describe.runIf(uri !== "")("arrays in binary form", () => {
  let driver: SqlDriver;
  let connection: PooledConnection;

  beforeAll(async () => {
    driver = await openPostgresDriver(poolSettings({ uri }));
    connection = await driver.acquire();
  });

  afterAll(async () => {
    connection.release(false);
    await driver.end();
  });

  const elements = async (array: Buffer | string, type: string) => {
    const { rows } = await connection.query(`SELECT given.element FROM unnest(?::${type}) AS given(element)`, [
      array as Buffer,
    ]);
    return rows.map(([element]) => element);
  };

  test.each(CASES)("%s: the server reads what was given", async (kind, type, values) => {
    const rows = values.map((value) => ["other", value]);
    expect(await elements(columnArray(rows, 1, kind), type)).toEqual(values);
    expect(await elements(columnArray([], 1, kind), type)).toEqual([]);
    expect(await elements(columnArray([[null, null]], 1, kind), type)).toEqual([null]);
  });

  test("a list parameter is an array of texts", async () => {
    expect(await elements(textArray(["a", "b"]), "text[]")).toEqual(["a", "b"]);
    const { rows } = await connection.query("SELECT 'b' = ANY(?::text[]), 'c' = ANY(?::text[])", [["a", "b"], []]);
    expect(rows).toEqual([[true, false]]);
  });

  test("terms go over as text", async () => {
    const terms = columnArray([["'a':1 'b':2,3"], [null]], 0, "terms");
    const { rows } = await connection.query("SELECT given.one::text FROM unnest(?::tsvector[]) AS given(one)", [
      terms as string,
    ]);
    expect(rows).toEqual([["'a':1 'b':2,3"], [null]]);
  });
});
