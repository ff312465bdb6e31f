import { InvalidArgumentError } from "@furze/core";

/** Where a ClickHouse is and as whom to go there. */
export interface ClickhouseUri {
  /** Address of the HTTP interface, without user and password. */
  readonly url: string;
  readonly database: string;
  readonly username: string;
  readonly password: string;
  /** Settings of the server for every statement. */
  readonly settings: Readonly<Record<string, string>>;
  /** Host and port, for messages. */
  readonly place: string;
}

/** Protocol and port of each scheme that `parseClickhouseUri` takes. */
const SCHEMES: Readonly<Record<string, readonly [protocol: string, port: string]>> = {
  "clickhouse:": ["http:", "8123"],
  "chhttp:": ["http:", "8123"],
  "chhttps:": ["https:", "8443"],
};

/** What Go's drivers take behind `?` for themselves; here it has no effect. */
const DRIVER_PARAMETERS: ReadonlySet<string> = new Set([
  ...[
    "timeout",
    "idle_timeout",
    "read_timeout",
    "write_timeout",
    "location",
    "debug",
    "kill_query_on_err",
    "kill_query_timeout",
  ],
  ...["enable_compression", "compress", "decompress", "tls_config", "skip_verify", "secure", "dial_timeout", "block_size"],
]);

/** Settings that decide what the answers mean: the store sets them itself. */
const OWN_PARAMETERS =
  /^(query|query_id|session_id|default_format|wait_end_of_query|insert_deduplication_token|param_.*|final)$/;

/**
 * Takes an address of ClickHouse apart: `clickhouse://user:password@host:8123/database?async_insert=1`. `clickhouse` and `chhttp` are
 * plain HTTP, `chhttps` is HTTPS. User, password and database may stand behind `?` as well; other parameters are settings of the server.
 *
 * @throws {InvalidArgumentError} whose message never holds the password
 */
export function parseClickhouseUri(uri: string): ClickhouseUri {
  const scheme = /^[a-z][a-z0-9+.-]*:(?=\/\/)/i.exec(uri)?.[0].toLowerCase();
  const known = scheme === undefined ? undefined : SCHEMES[scheme];
  if (scheme === undefined || known === undefined) {
    const supported = Object.keys(SCHEMES).map((name) => `${name}//`);
    const found = scheme === undefined ? "no scheme" : `${scheme}//`;
    throw invalidUri(
      `begins with ${found}; supported are: ${supported.join(", ")} (for example clickhouse://127.0.0.1:8123/furze)`,
    );
  }
  const [protocol, port] = known;
  const url = parse(`${protocol}${uri.slice(scheme.length)}`);
  const parameters = url.searchParams;
  const path = decode(url.pathname.slice(1), "database");
  const address = `${url.hostname}:${portOf(uri, url) ?? port}`;
  return {
    url: `${protocol}//${address}`,
    database: parameters.get("database") ?? (path === "" ? "default" : path),
    username:
      parameters.get("username") ?? parameters.get("user") ?? (url.username === "" ? "default" : decode(url.username, "user")),
    password: parameters.get("password") ?? decode(url.password, "password"),
    settings: settingsOf(parameters),
    place: address,
  };
}

function settingsOf(parameters: URLSearchParams): Record<string, string> {
  const settings: Record<string, string> = {};
  for (const [name, value] of parameters) {
    if (["user", "username", "password", "database"].includes(name) || DRIVER_PARAMETERS.has(name)) continue;
    if (!/^[a-z]\w*$/i.test(name))
      throw invalidUri(`has the parameter ${JSON.stringify(name)}, which can be no setting of the server`);
    if (OWN_PARAMETERS.test(name)) throw invalidUri(`has the parameter ${name}, which the store sets itself`);
    settings[name] = value;
  }
  return settings;
}

function parse(text: string): URL {
  const url = URL.parse(text);
  if (url === null)
    throw invalidUri("is malformed: characters of user and password that have a meaning in URLs must be percent-encoded");
  if (!/^\/[^/]*$/.test(url.pathname) && url.pathname !== "")
    throw invalidUri("must have one name behind the host: the database");
  return url;
}

/** `URL` leaves out the port that the protocol has by default, which is not the one that ClickHouse has. */
function portOf(uri: string, url: URL): string | undefined {
  if (url.port !== "") return url.port;
  return /^[^/]*\/\/(?:[^@/?#]*@)?[^/?#]*:(\d+)(?:[/?#]|$)/.exec(uri)?.[1];
}

function decode(text: string, part: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw invalidUri(`has a wrong percent-encoding in its ${part}`);
  }
}

function invalidUri(problem: string): InvalidArgumentError {
  return new InvalidArgumentError("uri", `The ClickHouse address ${problem}.`);
}
