import { AbortError } from "@furze/core";
import {
  MongoBulkWriteError,
  MongoCompatibilityError,
  MongoError,
  MongoErrorLabel,
  MongoNetworkError,
  MongoNetworkTimeoutError,
  MongoServerError,
} from "mongodb";
import { expect, test } from "vitest";
import { failureOf, toStoreError } from "./mongo-errors.ts";

function serverError(code: number, message = "what the server says"): MongoServerError {
  return new MongoServerError({ message, code });
}

function labelled(label: string): MongoError {
  const error = new MongoError("labelled");
  error.addErrorLabel(label);
  return error;
}

const refused = new MongoNetworkError("connect ECONNREFUSED", {
  cause: Object.assign(new Error("connect"), { code: "ECONNREFUSED" }),
});

test.each([
  ["a wrong password", serverError(18), "refused"],
  ["no rights", serverError(13), "refused"],
  ["a server of another age", new MongoCompatibilityError("too old"), "refused"],
  ["a connection that breaks", new MongoNetworkError("reset"), "unavailable"],
  ["a server that says nothing", new MongoNetworkTimeoutError("timed out"), "unavailable"],
  ["a connection that is refused", refused, "unsent"],
  ["a host without an address", Object.assign(new Error("querySrv"), { code: "ENOTFOUND" }), "unsent"],
  ["a primary that steps down", serverError(10_107), "unavailable"],
  ["a server that shuts down", serverError(11_600), "unavailable"],
  ["a cursor that is gone", serverError(43), "unavailable"],
  ["what the driver would try again", labelled("RetryableWriteError"), "unavailable"],
  ["a transaction that lost", labelled(MongoErrorLabel.TransientTransactionError), "conflict"],
  ["a document that another writer created", serverError(11_000), "conflict"],
  ["a document beyond 16 MB", serverError(10_334, "BSONObj size is invalid"), "tooLarge"],
  ["a command that it does not know", serverError(59), "other"],
  ["a mistake of ours", new TypeError("undefined"), "other"],
] as const)("%s", (_, error, failure) => {
  expect(failureOf(error)).toBe(failure);
});

test("become errors of Furze, which pass unchanged", () => {
  const convert = (error: unknown) => toStoreError(error, "MongoDB at h");
  expect(convert(serverError(18))).toMatchObject({ code: "UNAVAILABLE", retryable: false });
  expect(convert(serverError(91))).toMatchObject({ code: "UNAVAILABLE", retryable: true });
  expect(convert(serverError(112))).toMatchObject({ code: "UNAVAILABLE", retryable: true });
  expect(convert(serverError(10_334, "too large"))).toMatchObject({ code: "INVALID_ARGUMENT" });
  expect(convert("text")).toMatchObject({ code: "INTERNAL", message: "MongoDB at h: text" });
  const abort = new AbortError();
  expect(convert(abort)).toBe(abort);
});

test("the driver still wraps a bulk command's broken connection in what is taken apart here", () => {
  const wrapped = new MongoBulkWriteError(new MongoNetworkError("reset") as never, {} as never);
  expect(wrapped.name).toBe("MongoBulkWriteError");
  expect(wrapped.errorResponse).toBeInstanceOf(MongoNetworkError);
});
