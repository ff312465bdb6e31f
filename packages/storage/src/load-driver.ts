import { UnsupportedError } from "@furze/core";

/**
 * Loads a client library that is installed only where its store is used. What breaks while it is loaded passes unchanged.
 *
 * @param name as npm has it
 * @throws {UnsupportedError} when it is missing: the message says what to do
 */
export async function loadDriver<T>(name: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    if (typeof error !== "object" || error === null || !("code" in error) || error.code !== "ERR_MODULE_NOT_FOUND") throw error;
    throw new UnsupportedError(name, `This store needs the driver ${name}: npm install ${name}`, { cause: error });
  }
}
