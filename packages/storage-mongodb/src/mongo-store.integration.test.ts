import { describeCacheStore, describeDataStore } from "@furze/storage/conformance";
import { describe } from "vitest";
import { forgeVersion, ownDatabase } from "../test/own-database.ts";
import { openMongoCacheStore, openMongoDataStore } from "./open-mongo-store.ts";

// The server of FURZE_TEST_MONGODB_URL stands in for MongoDB's own, but has no transactions.
const uri = ownDatabase("conformance");
const WHOLE = {
  test: "store > readers see a bulk write whole or not at all",
  reason: "needs transactions, which a replica set has and the stand-in, a single server, has not",
};

describe.runIf(uri !== "")("MongoDB", () => {
  describeDataStore("storage-mongodb: data", {
    open: () => openMongoDataStore({ uri, tablePrefix: "suite_" }),
    openTooNew: async () => {
      await forgeVersion(uri, "new_data_schema");
      return openMongoDataStore({ uri, tablePrefix: "new_" });
    },
    capabilities: { timestampPrecisionMs: 1, multiProcess: true, atomicWrites: false },
    skip: [WHOLE],
  });
  describeCacheStore("storage-mongodb: cache", {
    open: (clock) => openMongoCacheStore({ uri, tablePrefix: "suite_", clock }),
    openTooNew: async () => {
      await forgeVersion(uri, "new_cache_schema");
      return openMongoCacheStore({ uri, tablePrefix: "new_" });
    },
  });
});
