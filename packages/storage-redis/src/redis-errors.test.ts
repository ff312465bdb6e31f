import { InvalidArgumentError } from "@furze/core";
import { expect, test } from "vitest";
import { retryDelayMs } from "./redis-client.ts";
import { toStoreError } from "./redis-errors.ts";

function reply(message: string): Error {
  return Object.assign(new Error(message), { name: "ReplyError" });
}

test.each([
  [reply("LOADING Redis is loading the dataset in memory"), "UNAVAILABLE", true],
  [reply("OOM command not allowed when used memory > 'maxmemory'."), "UNAVAILABLE", true],
  [reply("CLUSTERDOWN The cluster is down"), "UNAVAILABLE", true],
  [new Error("connect ECONNREFUSED 127.0.0.1:1"), "UNAVAILABLE", true],
  [reply("WRONGPASS invalid username-password pair"), "UNAVAILABLE", false],
  [reply("NOPERM this user has no permissions to run the 'eval' command"), "UNAVAILABLE", false],
  [reply("WRONGTYPE Operation against a key holding the wrong kind of value"), "INTERNAL", false],
  [new TypeError("x is not a function"), "INTERNAL", false],
])("%s becomes %s", (error, code, retryable) => {
  expect(toStoreError(error, "h:1")).toMatchObject({ code, retryable, cause: error });
  expect(toStoreError(error, "h:1").message).toContain(error.message);
});

test("of a cluster that cannot be reached, the node's failure is told", () => {
  const error = Object.assign(new Error("Failed to refresh slots cache."), { lastNodeError: reply("NOAUTH required") });
  expect(toStoreError(error, "h:1")).toMatchObject({ retryable: false, message: expect.stringContaining("NOAUTH") });
});

test("errors of Furze pass unchanged", () => {
  const error = new InvalidArgumentError("key", "bad");
  expect(toStoreError(error, "h:1")).toBe(error);
});

test("delays double up to a second, each spread over its upper half", () => {
  expect([1, 2, 3, 10, 1000].map((attempt) => retryDelayMs(attempt, 1))).toEqual([50, 100, 200, 1000, 1000]);
  expect([1, 10].map((attempt) => retryDelayMs(attempt, 0))).toEqual([25, 500]);
});
