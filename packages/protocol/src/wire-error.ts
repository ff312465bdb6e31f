import {
  AbortError,
  type EntityKind,
  FurzeError,
  InvalidArgumentError,
  type Logger,
  NotFoundError,
  UnavailableError,
  UnsupportedError,
} from "@furze/core";
import { ClientError, type Metadata, ServerError, Status } from "nice-grpc-common";
import { codeOfGrpcStatus, grpcStatusOf, isFurzeErrorCode } from "./status.ts";

/** Binary trailer with what a gRPC status cannot say: JSON of `WireError`. */
const ERROR_TRAILER = "furze-error-bin";

/** Trailers share a frame of a few KiB. */
const MAX_MESSAGE_LENGTH = 1000;

interface WireError {
  readonly code: string;
  readonly retryable: boolean;
  readonly path?: string;
  readonly kind?: string;
  readonly id?: string;
  readonly capability?: string;
}

/**
 * Turns what a handler threw into the status that goes to the caller. Code, message and the fields of the class travel; the cause does not.
 * What is no `FurzeError` is logged here and goes out as INTERNAL with a text that tells nothing.
 */
export function toServerError(error: unknown, trailer: Metadata, method: string, logger: Logger): ServerError {
  if (!FurzeError.is(error)) {
    logger.error("call failed", { method, error });
    return new ServerError(Status.INTERNAL, "internal error");
  }
  const fields = error as Partial<Record<"path" | "kind" | "id" | "capability", string>>;
  const wire: WireError = {
    code: error.code,
    retryable: error.retryable,
    ...(fields.path !== undefined && { path: fields.path }),
    ...(fields.kind !== undefined && { kind: fields.kind }),
    ...(fields.id !== undefined && { id: fields.id }),
    ...(fields.capability !== undefined && { capability: fields.capability }),
  };
  trailer.set(ERROR_TRAILER, Buffer.from(JSON.stringify(wire)));
  return new ServerError(grpcStatusOf(error), error.message.slice(0, MAX_MESSAGE_LENGTH).toWellFormed());
}

/**
 * Turns what a call threw on the client into a `FurzeError` with the code and message that the server meant.
 * A broken connection is an `UnavailableError`, an abort by the caller an `AbortError`.
 */
export function fromClientError(error: unknown, trailer: Metadata | undefined, signal: AbortSignal | undefined): FurzeError {
  if (signal?.aborted) return new AbortError(undefined, { cause: signal.reason });
  if (!(error instanceof ClientError)) {
    if (FurzeError.is(error)) return error;
    return new FurzeError("INTERNAL", error instanceof Error ? error.message : String(error), { cause: error });
  }
  const wire = readTrailer(trailer);
  if (wire === undefined) return foreignError(error);
  return rebuild(wire, error.details);
}

function foreignError(error: ClientError): FurzeError {
  const code = codeOfGrpcStatus(error.code);
  if (code === "UNAVAILABLE") return new UnavailableError(error.details, { cause: error });
  return new FurzeError(code, error.details, { cause: error });
}

function rebuild(wire: WireError, message: string): FurzeError {
  const code = isFurzeErrorCode(wire.code) ? wire.code : "INTERNAL";
  const options = { retryable: wire.retryable };
  if (code === "INVALID_ARGUMENT" && wire.path !== undefined) return new InvalidArgumentError(wire.path, message, options);
  if (code === "NOT_FOUND" && wire.kind !== undefined && wire.id !== undefined) {
    return new NotFoundError(wire.kind as EntityKind, wire.id, options);
  }
  if (code === "UNSUPPORTED" && wire.capability !== undefined) return new UnsupportedError(wire.capability, message, options);
  if (code === "UNAVAILABLE") return new UnavailableError(message, options);
  return new FurzeError(code, message, options);
}

function readTrailer(trailer: Metadata | undefined): WireError | undefined {
  const value = trailer?.get(ERROR_TRAILER);
  if (value === undefined) return undefined;
  try {
    const wire: unknown = JSON.parse(Buffer.from(value).toString("utf8"));
    return isWireError(wire) ? wire : undefined;
  } catch {
    // A peer that fills the trailer with something else is treated as one that sent none.
    return undefined;
  }
}

function isWireError(value: unknown): value is WireError {
  if (typeof value !== "object" || value === null) return false;
  const fields = value as Record<string, unknown>;
  const isOptionalText = (name: string) => fields[name] === undefined || typeof fields[name] === "string";
  return (
    typeof fields.code === "string" &&
    typeof fields.retryable === "boolean" &&
    ["path", "kind", "id", "capability"].every(isOptionalText)
  );
}
