import { InvalidArgumentError } from "@furze/core";
import type { TlsMode, TlsSettings } from "../server/tls-settings.ts";

/** Where a MySQL or MariaDB server is and how to enter it. */
export interface MysqlAddress {
  readonly host: string;
  readonly port: number;
  /** Path of a local socket, in place of host and port. */
  readonly socketPath: string | undefined;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  readonly tls: TlsSettings;
}

const SCHEME = "mysql://";
/** The password may hold any character, so the form is read from its end. */
const GO_FORM = /^(?:(.*)@)?(tcp6?|unix)?\(([^()]*)\)\/([^/?]*)(?:\?(.*))?$/s;
const DEFAULT_PORT = 3306;
const EXAMPLES = "mysql://user:password@host:3306/database or mysql://user:password@tcp(host:3306)/database";

/**
 * Parses an address: a URL, or the form of Go's driver after `mysql://`, `user:password@tcp(host:port)/database?parameters`, whose
 * password stands as it is. Of the parameters `tls` (`true`, `skip-verify`, `preferred`, `false`) or `ssl-mode` count, and `ssl-ca`,
 * `ssl-cert`, `ssl-key` with paths of PEM files; others are what other drivers take and have no effect.
 *
 * @throws {InvalidArgumentError} when a part is missing
 */
export function parseMysqlUri(uri: string): MysqlAddress {
  if (!uri.toLowerCase().startsWith(SCHEME)) throw new InvalidArgumentError("uri", `The address must begin with ${SCHEME}.`);
  const go = GO_FORM.exec(uri.slice(SCHEME.length));
  const address = go === null ? parseUrl(uri) : parseGo(go);
  if (address.database === "") throw new InvalidArgumentError("uri", `The address lacks a database: write ${EXAMPLES}.`);
  return address;
}

function parseGo([, login = "", network = "tcp", place = "", database = "", query = ""]: RegExpExecArray): MysqlAddress {
  const [user = "", password = ""] = splitAt(login, login.indexOf(":"));
  const tls = tlsOf(new URLSearchParams(query));
  const entry = { user, password, database: decodeURIComponent(database), tls };
  if (network === "unix") return { ...entry, host: "localhost", port: DEFAULT_PORT, socketPath: place };
  const [, host = "", port] = /^\[?(.*?)\]?(?::(\d+))?$/.exec(place) ?? [];
  return { ...entry, host: host || "127.0.0.1", port: Number(port ?? DEFAULT_PORT), socketPath: undefined };
}

function parseUrl(uri: string): MysqlAddress {
  const url = URL.parse(uri);
  if (url === null || url.hostname === "")
    throw new InvalidArgumentError("uri", `The address of MySQL must look like ${EXAMPLES}.`);
  return {
    host: url.hostname.replace(/^\[|\]$/g, ""),
    port: Number(url.port || DEFAULT_PORT),
    socketPath: undefined,
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    database: decodeURIComponent(url.pathname.slice(1)),
    tls: tlsOf(url.searchParams),
  };
}

function tlsOf(parameters: URLSearchParams): TlsSettings {
  const file = (name: string) => parameters.get(name) ?? undefined;
  return { mode: tlsMode(parameters), caFile: file("ssl-ca"), certFile: file("ssl-cert"), keyFile: file("ssl-key") };
}

function tlsMode(parameters: URLSearchParams): TlsMode {
  const mode = (parameters.get("tls") ?? parameters.get("ssl-mode") ?? parameters.get("sslmode") ?? "false").toLowerCase();
  if (["true", "verify_identity", "verify-full"].includes(mode)) return "verify-full";
  if (["verify_ca", "verify-ca"].includes(mode)) return "verify-ca";
  if (["skip-verify", "required", "require"].includes(mode)) return "encrypt";
  // "preferred" means that either will do.
  if (["false", "preferred", "disabled", "disable", "prefer"].includes(mode)) return "off";
  throw new InvalidArgumentError(
    "uri",
    `The address has an unknown value of tls: ${mode}. Take true, skip-verify, preferred or false.`,
  );
}

/** Both sides of the character at the position; all of it and nothing when the position is negative. */
function splitAt(text: string, position: number): [string, string] {
  return position < 0 ? [text, ""] : [text.slice(0, position), text.slice(position + 1)];
}
