import { homedir } from "node:os";
import { fileURLToPath } from "node:url";
import { InvalidArgumentError } from "@furze/core";
import type { BlobStore } from "@furze/storage";
import { LocalBlobStore } from "./local-blob-store.ts";

/**
 * Opens the blob store of an address: the path of a local folder (`models`, `/var/lib/furze/models`, `~/models`) or its `file:` URL.
 * The folder is created by the first `put`.
 *
 * @throws {InvalidArgumentError} for an empty address and for a scheme that is not served; the message lists those that are
 */
export function openBlobStore(uri: string): BlobStore {
  const scheme = /^([a-z][a-z0-9+.-]+):\/\//i.exec(uri)?.[1]?.toLowerCase();
  if (uri === "") throw new InvalidArgumentError("uri", "The blob address is empty: give the path of a folder.");
  if (scheme === "file") return new LocalBlobStore(fileUrlPath(uri));
  if (scheme !== undefined) {
    throw new InvalidArgumentError(
      "uri",
      `The blob address begins with ${scheme}://; supported are: a folder's path, file://.`,
    );
  }
  return new LocalBlobStore(uri === "~" || uri.startsWith("~/") ? homedir() + uri.slice(1) : uri);
}

function fileUrlPath(url: string): string {
  try {
    return fileURLToPath(url);
  } catch (error) {
    throw new InvalidArgumentError("uri", `The blob address ${url} is not the URL of a local folder.`, { cause: error });
  }
}
