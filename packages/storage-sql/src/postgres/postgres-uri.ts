import { InvalidArgumentError } from "@furze/core";
import type { TlsMode, TlsSettings } from "../server/tls-settings.ts";

/** Where a PostgreSQL server is and how to enter it. */
export interface PostgresAddress {
  /** Without what is said about TLS; for the driver. */
  readonly connectionString: string;
  /** As messages show it. */
  readonly place: string;
  readonly tls: TlsSettings;
}

const MODES: Readonly<Record<string, TlsMode>> = {
  disable: "off",
  // Both would fall back to a connection in the clear.
  allow: "off",
  prefer: "off",
  require: "encrypt",
  "verify-ca": "verify-ca",
  "verify-full": "verify-full",
};

/**
 * Parses an address. `sslmode` means what it means to PostgreSQL's own programs: `require` encrypts and asks for no certificate, unless
 * `sslrootcert` names one. Absent it is `disable`.
 *
 * @throws {InvalidArgumentError} for an address that is none and an unknown mode
 */
export function parsePostgresUri(uri: string): PostgresAddress {
  const url = URL.parse(uri);
  if (url === null) {
    throw new InvalidArgumentError(
      "uri",
      "The address of PostgreSQL must look like postgres://user:password@host:5432/database.",
    );
  }
  const take = (name: string): string | undefined => {
    const value = url.searchParams.get(name) ?? undefined;
    url.searchParams.delete(name);
    return value;
  };
  const word = (take("sslmode") ?? "disable").toLowerCase();
  const mode = Object.hasOwn(MODES, word) ? MODES[word] : undefined;
  if (mode === undefined) {
    const known = Object.keys(MODES).join(", ");
    throw new InvalidArgumentError("uri", `The address has an unknown value of sslmode: ${word}. Take one of ${known}.`);
  }
  const [root, certFile, keyFile] = [take("sslrootcert"), take("sslcert"), take("sslkey")];
  const caFile = root === "system" ? undefined : root;
  const tls = { mode: mode === "encrypt" && root !== undefined ? "verify-ca" : mode, caFile, certFile, keyFile } as const;
  return { connectionString: url.href, place: url.host === "" ? "the local socket" : url.host, tls };
}
