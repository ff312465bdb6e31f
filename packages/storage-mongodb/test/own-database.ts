import { MongoClient } from "mongodb";

/** Address of a database of this test file alone, on the server of all tests; empty when there is none. */
export function ownDatabase(name: string): string {
  const uri = process.env.FURZE_TEST_MONGODB_URL ?? "";
  return uri === "" ? "" : uri.replace(/\/[^/]*$/, `/${name}`);
}

/** Calls something with a client of the test's own, past the store. */
export async function withClient<T>(uri: string, run: (client: MongoClient) => Promise<T>): Promise<T> {
  const client = new MongoClient(uri);
  try {
    return await run(client);
  } finally {
    await client.close();
  }
}

/** Writes into a ledger that a newer release has migrated the store. */
export async function forgeVersion(uri: string, ledger: string): Promise<void> {
  const step = { $set: { version: 1000, name: "of the future" } };
  await withClient(uri, (client) =>
    client.db().collection<{ _id: string }>(ledger).updateOne({ _id: "step-1000" }, step, { upsert: true }),
  );
}
