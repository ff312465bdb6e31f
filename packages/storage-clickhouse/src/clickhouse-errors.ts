import { FurzeError, UnavailableError } from "@furze/core";

/** Codes of ClickHouse that a change of the configuration ends, no waiting: database, user, password, rights. */
const MISCONFIGURED: ReadonlySet<string> = new Set(["81", "164", "192", "193", "194", "291", "497", "516"]);
/** Codes that pass: timeouts, too many queries or parts, memory, disk, network behind the server, starting and stopping. */
const PASSING: ReadonlySet<string> = new Set([
  ...[
    "159",
    "198",
    "202",
    "203",
    "209",
    "210",
    "236",
    "241",
    "242",
    "243",
    "244",
    "252",
    "279",
    "319",
    "394",
    "425",
    "439",
    "999",
  ],
]);
const UNKNOWN_TABLE = "60";
const NETWORK_CODES: ReadonlySet<string> = new Set([
  ...["ECONNREFUSED", "ECONNRESET", "ECONNABORTED", "EPIPE", "ETIMEDOUT", "EHOSTUNREACH", "EHOSTDOWN", "ENETUNREACH"],
  ...["ENETDOWN", "ENOTFOUND", "EAI_AGAIN", "EADDRNOTAVAIL", "HPE_INVALID_CONSTANT"],
]);
/** What the client says where there is no code: no answer in time, an answer cut short, a proxy without a server behind it. */
const NETWORK_TEXT =
  /^timeout error|socket hang up|aborted|premature close|terminated|bad gateway|service unavailable|gateway time-?out/i;

/** Turns what the client throws into an error of Furze; errors of Furze pass unchanged. */
export function toStoreError(error: unknown, place: string): FurzeError {
  if (FurzeError.is(error)) return error;
  const code = codeOf(error);
  const text = textOf(error);
  if (MISCONFIGURED.has(code)) {
    return new UnavailableError(`ClickHouse at ${place} refuses the connection: ${text}`, { retryable: false, cause: error });
  }
  if (code === UNKNOWN_TABLE) {
    return new FurzeError("INTERNAL", `ClickHouse at ${place}: ${text}. Call migrate() first.`, { cause: error });
  }
  if (PASSING.has(code) || isNetworkError(error)) {
    return new UnavailableError(`ClickHouse at ${place} is unavailable: ${text}`, { cause: error });
  }
  return new FurzeError("INTERNAL", `ClickHouse at ${place}: ${text}`, { cause: error });
}

function isNetworkError(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.some(isNetworkError);
  return NETWORK_CODES.has(codeOf(error)) || (error instanceof Error && NETWORK_TEXT.test(error.message));
}

/** The client knows one form of ClickHouse's errors; in others the code stands in the text only. */
function codeOf(error: unknown): string {
  if (typeof error !== "object" || error === null) return "";
  if ("code" in error) return String(error.code);
  return (error instanceof Error && /^Code: (\d+)[.,]/.exec(error.message)?.[1]) || "";
}

/** Several refused addresses come as one error without a message. */
function textOf(error: unknown): string {
  return error instanceof Error && error.message !== "" ? error.message : codeOf(error) || String(error);
}
