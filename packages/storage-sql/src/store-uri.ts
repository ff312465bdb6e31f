import { homedir } from "node:os";
import { InvalidArgumentError } from "@furze/core";

/** Where a store lives, read from its URI. */
export interface StoreUri {
  readonly scheme: "sqlite";
  /** Path of the file, `~` expanded. */
  readonly path: string;
}

export const SUPPORTED_SCHEMES: readonly string[] = ["sqlite://"];

/**
 * Parses the URI of a SQL store: `sqlite://relative/file.db`, `sqlite:///absolute/file.db`, `sqlite://~/file.db`.
 * Parameters behind `?` are what other drivers take; they are accepted and have no effect.
 *
 * @throws {InvalidArgumentError} for another scheme (the message lists the supported ones) and for an empty path
 */
export function parseStoreUri(uri: string): StoreUri {
  const [, scheme, rest = ""] = /^([a-z][a-z0-9+.-]*:\/\/)(.*)$/is.exec(uri) ?? [];
  if (scheme?.toLowerCase() !== "sqlite://") {
    const found = scheme ?? "no scheme";
    throw new InvalidArgumentError(
      "uri",
      `The store address begins with ${found}; supported are: ${SUPPORTED_SCHEMES.join(", ")} (for example sqlite://data/furze.db).`,
    );
  }
  const path = rest.replace(/\?.*$/s, "");
  if (path === "") throw new InvalidArgumentError("uri", "The store address sqlite:// lacks the path of a file.");
  return { scheme: "sqlite", path: path === "~" || path.startsWith("~/") ? homedir() + path.slice(1) : path };
}
