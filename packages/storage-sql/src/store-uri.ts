import { homedir } from "node:os";
import { InvalidArgumentError } from "@furze/core";

/** Where a store lives, read from its URI. */
export type StoreUri =
  | {
      readonly scheme: "sqlite";
      /** Path of the file, `~` expanded. */
      readonly path: string;
    }
  | {
      readonly scheme: "postgres" | "mysql";
      /** The whole address, for the driver. */
      readonly uri: string;
    };

export const SUPPORTED_SCHEMES: readonly string[] = ["sqlite://", "postgres://", "postgresql://", "mysql://"];

/**
 * Parses the URI of a SQL store: `sqlite://relative/file.db`, `sqlite:///absolute/file.db`, `sqlite://~/file.db`,
 * `postgres://...`, `postgresql://...`, `mysql://...`. Parameters behind `?` of a file are what other drivers take; they are
 * accepted and have no effect. Addresses of servers are checked when they are opened.
 *
 * @throws {InvalidArgumentError} for another scheme (the message lists the supported ones) and for an empty path
 */
export function parseStoreUri(uri: string): StoreUri {
  const [, scheme, rest = ""] = /^([a-z][a-z0-9+.-]*:\/\/)(.*)$/is.exec(uri) ?? [];
  switch (scheme?.toLowerCase()) {
    case "postgres://":
    case "postgresql://":
      return { scheme: "postgres", uri };
    case "mysql://":
      return { scheme: "mysql", uri };
    case "sqlite://":
      return { scheme: "sqlite", path: filePath(rest) };
    default:
      throw new InvalidArgumentError(
        "uri",
        `The store address begins with ${scheme ?? "no scheme"}; supported are: ${SUPPORTED_SCHEMES.join(", ")} (for example sqlite://data/furze.db).`,
      );
  }
}

function filePath(rest: string): string {
  const path = rest.replace(/\?.*$/s, "");
  if (path === "") throw new InvalidArgumentError("uri", "The store address sqlite:// lacks the path of a file.");
  return path === "~" || path.startsWith("~/") ? homedir() + path.slice(1) : path;
}
