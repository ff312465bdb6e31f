import { UnavailableError } from "@furze/core";
import { expect, test } from "vitest";
import { toStoreError } from "./clickhouse-errors.ts";

const fail = (message: string, code?: string) => toStoreError(Object.assign(new Error(message), code && { code }), "host:8123");

test.each([
  [fail("connect", "ECONNREFUSED"), "UNAVAILABLE", true],
  [fail("Timeout error."), "UNAVAILABLE", true],
  [fail("socket hang up"), "UNAVAILABLE", true],
  [fail("Too many parts", "252"), "UNAVAILABLE", true],
  [fail("Memory limit exceeded", "241"), "UNAVAILABLE", true],
  [fail("Authentication failed", "516"), "UNAVAILABLE", false],
  [fail("Code: 193, e.displayText() = DB::Exception: Wrong password"), "UNAVAILABLE", false],
  [fail("Database x does not exist", "81"), "UNAVAILABLE", false],
  [fail("Syntax error", "62"), "INTERNAL", false],
  [
    toStoreError(new AggregateError([Object.assign(new Error("a"), { code: "ECONNREFUSED" })]), "host:8123"),
    "UNAVAILABLE",
    true,
  ],
])("%s", (error, code, retryable) => {
  expect(error).toMatchObject({ code, retryable });
  expect(error.message).toMatch(/^ClickHouse at host:8123/);
});

test("errors of Furze pass unchanged", () => {
  const error = new UnavailableError("closed");
  expect(toStoreError(error, "host")).toBe(error);
});
