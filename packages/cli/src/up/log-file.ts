import { closeSync, existsSync, openSync, readSync, renameSync, statSync } from "node:fs";

const TAIL_BYTES = 8192;

/** Keeps the log of the last start beside the new one, as `NAME.log.1`. */
export function rotateLog(path: string): void {
  if (existsSync(path)) renameSync(path, `${path}.1`);
}

/**
 * The last lines of a log, made readable: of a JSON line its message and error, other lines as they are.
 *
 * @param fromByte where the part begins that matters, such as the size of the file when the process started
 */
export function lastLogLines(path: string, limit: number, fromByte = 0): string[] {
  if (!existsSync(path)) return [];
  const size = statSync(path).size;
  const start = Math.max(fromByte, size - TAIL_BYTES);
  const buffer = Buffer.alloc(Math.max(0, size - start));
  const file = openSync(path, "r");
  try {
    readSync(file, buffer, 0, buffer.length, start);
  } finally {
    closeSync(file);
  }
  const lines = buffer.toString("utf8").split("\n");
  // The first line is most likely cut where the tail begins.
  if (start > fromByte) lines.shift();
  return lines
    .filter((line) => line.trim() !== "")
    .slice(-limit)
    .map(readableLine);
}

/** `{"level":50,"msg":"no port","err":{"message":"busy"}}` becomes `no port: busy`. */
export function readableLine(line: string): string {
  let entry: unknown;
  try {
    entry = JSON.parse(line);
  } catch {
    return line.trim();
  }
  if (typeof entry !== "object" || entry === null || !("msg" in entry) || typeof entry.msg !== "string") return line.trim();
  const error = "err" in entry ? entry.err : undefined;
  const detail =
    typeof error === "object" && error !== null && "message" in error && typeof error.message === "string" ? error.message : "";
  return detail === "" || detail === entry.msg ? entry.msg : `${entry.msg}: ${detail}`;
}
