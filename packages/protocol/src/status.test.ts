import { FurzeError, NotFoundError, UnavailableError } from "@furze/core";
import { Status } from "nice-grpc-common";
import { expect, it } from "vitest";
import { codeOfGrpcStatus, grpcStatusOf, httpStatusOf, isFurzeErrorCode } from "./status.ts";

it("maps errors to HTTP and gRPC", () => {
  expect([httpStatusOf(new NotFoundError("item", "x")), grpcStatusOf(new NotFoundError("item", "x"))]).toEqual([404, 5]);
  expect([httpStatusOf(new UnavailableError("down")), grpcStatusOf(new UnavailableError("down"))]).toEqual([503, 14]);
});

it("maps everything else, and codes of a newer version, to an internal error", () => {
  for (const error of [new Error("x"), undefined, "text", new FurzeError("FROM_THE_FUTURE" as never, "x")]) {
    expect([httpStatusOf(error), grpcStatusOf(error)]).toEqual([500, 13]);
  }
});

it("reads statuses that came without a code", () => {
  const pairs: [Status, string][] = [
    [Status.NOT_FOUND, "NOT_FOUND"],
    [Status.INVALID_ARGUMENT, "INVALID_ARGUMENT"],
    [Status.FAILED_PRECONDITION, "MODEL_NOT_READY"],
    [Status.PERMISSION_DENIED, "UNAUTHENTICATED"],
    [Status.UNAVAILABLE, "UNAVAILABLE"],
    [Status.DEADLINE_EXCEEDED, "UNAVAILABLE"],
    [Status.CANCELLED, "UNAVAILABLE"],
    [Status.UNKNOWN, "INTERNAL"],
  ];
  for (const [status, code] of pairs) expect(codeOfGrpcStatus(status)).toBe(code);
});

it("knows its codes", () => {
  expect(isFurzeErrorCode("NOT_FOUND")).toBe(true);
  for (const value of ["toString", "FROM_THE_FUTURE", 5, undefined]) expect(isFurzeErrorCode(value)).toBe(false);
});
