import { FurzeError, type FurzeErrorCode } from "@furze/core";
import { Status } from "nice-grpc-common";

interface StatusPair {
  readonly grpc: Status;
  readonly http: number;
}

/** The one table of what a code means on the wire. Of several codes with one gRPC status the first is what a foreign peer meant. */
const STATUS_OF_CODE: Readonly<Record<FurzeErrorCode, StatusPair>> = {
  INVALID_ARGUMENT: { grpc: Status.INVALID_ARGUMENT, http: 400 },
  NOT_FOUND: { grpc: Status.NOT_FOUND, http: 404 },
  CONFLICT: { grpc: Status.ALREADY_EXISTS, http: 409 },
  UNSUPPORTED: { grpc: Status.UNIMPLEMENTED, http: 501 },
  UNAUTHENTICATED: { grpc: Status.UNAUTHENTICATED, http: 401 },
  LIMIT_EXCEEDED: { grpc: Status.RESOURCE_EXHAUSTED, http: 413 },
  UNAVAILABLE: { grpc: Status.UNAVAILABLE, http: 503 },
  MODEL_NOT_READY: { grpc: Status.FAILED_PRECONDITION, http: 503 },
  INVALID_MODEL_FILE: { grpc: Status.DATA_LOSS, http: 500 },
  INVALID_DATASET: { grpc: Status.FAILED_PRECONDITION, http: 422 },
  INVALID_CONFIG: { grpc: Status.INVALID_ARGUMENT, http: 400 },
  SCHEMA_TOO_NEW: { grpc: Status.FAILED_PRECONDITION, http: 500 },
  // 499 is nobody's standard, but what proxies log when the caller has left.
  ABORTED: { grpc: Status.CANCELLED, http: 499 },
  INTERNAL: { grpc: Status.INTERNAL, http: 500 },
};

/** HTTP status of an error; 500 for everything that is not a `FurzeError`. */
export function httpStatusOf(error: unknown): number {
  return statusOf(error).http;
}

/** gRPC status number of an error; 13 (INTERNAL) for everything that is not a `FurzeError`. */
export function grpcStatusOf(error: unknown): number {
  return statusOf(error).grpc;
}

function statusOf(error: unknown): StatusPair {
  // A newer copy of the core package may know codes that this table does not.
  return (FurzeError.is(error) ? STATUS_OF_CODE[error.code] : undefined) ?? STATUS_OF_CODE.INTERNAL;
}

const FOREIGN_CODES: ReadonlyMap<number, FurzeErrorCode> = new Map<number, FurzeErrorCode>([
  ...(Object.entries(STATUS_OF_CODE) as [FurzeErrorCode, StatusPair][])
    .map(([code, { grpc }]): [number, FurzeErrorCode] => [grpc, code])
    .reverse(),
  [Status.PERMISSION_DENIED, "UNAUTHENTICATED"],
  // What gRPC itself reports when a connection breaks or a deadline passes.
  [Status.CANCELLED, "UNAVAILABLE"],
  [Status.DEADLINE_EXCEEDED, "UNAVAILABLE"],
]);

/** Code for a gRPC status that came without Furze's own trailer, from a proxy, the transport or a foreign server. */
export function codeOfGrpcStatus(status: number): FurzeErrorCode {
  return FOREIGN_CODES.get(status) ?? "INTERNAL";
}

/** Whether a value is a code that this version knows. */
export function isFurzeErrorCode(value: unknown): value is FurzeErrorCode {
  return typeof value === "string" && Object.hasOwn(STATUS_OF_CODE, value);
}
