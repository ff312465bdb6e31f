import type { CallOptions } from "@furze/core";
import { SchemaTooNewError } from "@furze/storage";
import type { Db, IndexSpecification } from "mongodb";
import { type LockDocument, withLock } from "./mongo-lock.ts";
import type { MongoSession } from "./mongo-session.ts";

/** One step of a schema. Steps are never edited after a release; the next change is the next step. Each may run again after a crash. */
export interface MongoMigration {
  /** 1, 2, 3, ... without gaps. */
  readonly version: number;
  readonly name: string;
  /** Collections to create, each with the keys of its indexes. */
  readonly collections: Readonly<Record<string, readonly Readonly<Record<string, 1 | -1>>[]>>;
  /** What else is to be done. */
  readonly run?: (database: Db) => Promise<void>;
}

export interface MongoSchema {
  /** Collection that holds which steps have run, and the lock. */
  readonly ledger: string;
  readonly migrations: readonly MongoMigration[];
}

/** A step that has run. */
interface StepDocument {
  readonly _id: string;
  readonly version: number;
  readonly name: string;
}

const NAMESPACE_EXISTS = 48;

/**
 * Runs the steps that have not run yet, while no other process does.
 *
 * @throws {SchemaTooNewError} when the ledger knows a step that this release does not
 */
export async function migrateMongo(
  session: MongoSession,
  schema: MongoSchema,
  options: CallOptions | undefined,
): Promise<void> {
  const ledger = session.collection<StepDocument>(schema.ledger);
  const supported = schema.migrations.at(-1)?.version ?? 0;
  const findVersion = async (): Promise<number> => {
    const [newest] = await ledger
      .find({ version: { $exists: true } })
      .sort({ version: -1 })
      .limit(1)
      .toArray();
    const found = newest?.version ?? 0;
    if (found > supported) throw new SchemaTooNewError(found, supported);
    return found;
  };
  await session.read(async () => {
    // Up to date is the rule, and needs no lock.
    if ((await findVersion()) === supported) return;
    await withLock(
      session.collection<LockDocument>(schema.ledger),
      async () => {
        const found = await findVersion();
        for (const migration of schema.migrations)
          if (migration.version > found) await runStep(session.database, schema, migration);
      },
      options,
    );
  }, options);
}

async function runStep(
  database: Db,
  { ledger }: MongoSchema,
  { version, name, collections, run }: MongoMigration,
): Promise<void> {
  for (const [collection, indexes] of Object.entries(collections)) {
    await createCollection(database, collection);
    for (const keys of indexes) await database.collection(collection).createIndex(keys as IndexSpecification);
  }
  await run?.(database);
  const step = { $set: { version, name } };
  await database.collection<StepDocument>(ledger).updateOne({ _id: `step-${version}` }, step, { upsert: true });
}

/** By name, as a transaction cannot create one everywhere. Without a collation texts stand in the order of their bytes. */
async function createCollection(database: Db, name: string): Promise<void> {
  try {
    await database.createCollection(name);
  } catch (error) {
    if (!(error instanceof Error) || !("code" in error) || error.code !== NAMESPACE_EXISTS) throw error;
  }
}
