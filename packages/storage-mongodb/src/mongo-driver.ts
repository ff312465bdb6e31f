import { loadDriver } from "@furze/storage";

/** The module `mongodb`, as far as it is used. */
export type MongoDriver = Pick<typeof import("mongodb"), "MongoClient">;

/** Loads the optional peer. @throws {UnsupportedError} when it is not installed: the message says what to do */
export function importMongoDriver(): Promise<MongoDriver> {
  return loadDriver("mongodb", () => import("mongodb"));
}
