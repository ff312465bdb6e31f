import { readFileSync } from "node:fs";
import { ConfigError } from "./config-error.ts";

/** @throws {ConfigError} that says what is wrong with the file's place */
export function readConfigFile(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new ConfigError([{ path: "", message: readFailure(file, error) }], { cause: error });
  }
}

/** What to say about a file that could not be read. */
export function readFailure(file: string, error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "ENOENT") return `the config file ${file} does not exist`;
  if (code === "EISDIR") return `the config file ${file} is a directory, name the file in it`;
  if (code === "EACCES" || code === "EPERM") return `the config file ${file} may not be read by this user`;
  return `the config file ${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`;
}
