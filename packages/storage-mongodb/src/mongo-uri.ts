import { InvalidArgumentError } from "@furze/core";

/** Where a MongoDB is. */
export interface MongoUri {
  /** The whole address, for the driver. */
  readonly uri: string;
  readonly database: string;
  /** Hosts without user and password, for messages. */
  readonly place: string;
  /** Names of the parameters behind `?`, in lower case. */
  readonly parameters: ReadonlySet<string>;
}

/** Schemes that `parseMongoUri` takes. */
export const MONGO_SCHEMES: readonly string[] = ["mongodb://", "mongodb+srv://"];

const FORM = /^mongodb(?:\+srv)?:\/\/(?:[^@/?]*@)?([^@/?]+)(?:\/([^?]*))?(?:\?(.*))?$/is;
/** What MongoDB allows on every platform. */
const DATABASE = /^[^/\\. "$*<>:|?\0]{1,63}$/;

/**
 * Takes an address of MongoDB apart as far as the stores must know it: `mongodb://user:password@host:27017/database?replicaSet=rs0`.
 * Several hosts are separated by commas; `mongodb+srv://` looks them up in DNS. The driver checks the parameters.
 *
 * @throws {InvalidArgumentError} whose message never holds the password
 */
export function parseMongoUri(uri: string): MongoUri {
  if (!MONGO_SCHEMES.some((scheme) => uri.toLowerCase().startsWith(scheme))) {
    const found = /^[a-z][a-z0-9+.-]*:\/\//i.exec(uri)?.[0] ?? "no scheme";
    throw invalidUri(
      `begins with ${found}; supported are: ${MONGO_SCHEMES.join(", ")} (for example mongodb://127.0.0.1/furze)`,
    );
  }
  const [, hosts, path = "", query = ""] = FORM.exec(uri) ?? [];
  if (hosts === undefined) {
    throw invalidUri("names no host, or has characters in user or password that must be percent-encoded");
  }
  return {
    uri,
    database: databaseOf(path),
    place: `MongoDB at ${placeOf(hosts)}`,
    parameters: new Set([...new URLSearchParams(query).keys()].map((name) => name.toLowerCase())),
  };
}

export function invalidUri(problem: string): InvalidArgumentError {
  return new InvalidArgumentError("uri", `The MongoDB address ${problem}.`);
}

function databaseOf(path: string): string {
  const database = decode(path);
  if (database === undefined || !DATABASE.test(database)) {
    throw invalidUri('must end with the name of the database, as "furze" in mongodb://127.0.0.1/furze');
  }
  return database;
}

function placeOf(hosts: string): string {
  const [first = "", ...others] = hosts.split(",");
  return others.length === 0 ? first : `${first} and ${others.length} more`;
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
