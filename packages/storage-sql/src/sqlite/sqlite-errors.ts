import { FurzeError, UnavailableError } from "@furze/core";

/** Primary result codes of SQLite; the extended code carries the primary one in its low byte. */
const BUSY = 5;
const LOCKED = 6;
const READONLY = 8;
const IO_ERROR = 10;
const CORRUPT = 11;
const FULL = 13;
const CANNOT_OPEN = 14;
const NOT_A_DATABASE = 26;

const UNAVAILABLE: Readonly<Record<number, string>> = {
  [BUSY]: "is busy: another process has held the write lock for too long",
  [LOCKED]: "is locked by another statement",
  [READONLY]: "cannot be written: check the permissions of the file and its folder",
  [IO_ERROR]: "had an I/O error",
  [FULL]: "cannot grow: the disk is full",
  [CANNOT_OPEN]: "cannot be opened: check that the path is a file in a writable folder",
};

function primaryCode(error: unknown): number | undefined {
  if (typeof error !== "object" || error === null || !("errcode" in error)) return undefined;
  return typeof error.errcode === "number" ? error.errcode & 0xff : undefined;
}

/** Whether the statement may succeed as soon as another process lets go of its lock. */
export function isBusyError(error: unknown): boolean {
  const code = primaryCode(error);
  return code === BUSY || code === LOCKED;
}

/** Turns what `node:sqlite` throws into an error of Furze; errors of Furze pass unchanged. */
export function toStoreError(error: unknown, path: string): Error {
  if (FurzeError.is(error)) return error;
  const code = primaryCode(error);
  const reason = code === undefined ? undefined : UNAVAILABLE[code];
  if (reason !== undefined) return new UnavailableError(`The SQLite file ${path} ${reason}.`, { cause: error });
  if (code === CORRUPT || code === NOT_A_DATABASE) {
    return new FurzeError("INTERNAL", `The SQLite file ${path} is damaged or no SQLite database.`, { cause: error });
  }
  const text = error instanceof Error ? error.message : String(error);
  const hint = text.startsWith("no such table") ? " Call migrate() first." : "";
  return new FurzeError("INTERNAL", `SQLite: ${text}.${hint}`, { cause: error });
}
