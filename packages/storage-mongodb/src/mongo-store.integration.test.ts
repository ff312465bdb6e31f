import { describeCacheStore, describeDataStore } from "@furze/storage/conformance";
import { describe } from "vitest";
import { forgeVersion, ownDatabase } from "../test/own-database.ts";
import { openMongoCacheStore, openMongoDataStore } from "./open-mongo-store.ts";

// The server of FURZE_TEST_MONGODB_URL stands in for MongoDB's own, and differs from it in two things that show here.
const uri = ownDatabase("conformance");
const ORDER = "the stand-in orders texts by their UTF-16 units; mongod orders them by their bytes";
const ORDERED_BY_BYTES = [
  "users > awkward ids keep apart and in the order of their UTF-8 bytes",
  "items > awkward ids keep apart and in the order of their UTF-8 bytes",
  "feedback writes > awkward ids make keys of their own",
  "feedback scans > by user and by item, in byte order, with batches of every size",
];
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
    capabilities: { timestampPrecisionMs: 1, multiProcess: true },
    skip: [WHOLE, ...ORDERED_BY_BYTES.map((test) => ({ test, reason: ORDER }))],
  });
  describeCacheStore("storage-mongodb: cache", {
    open: (clock) => openMongoCacheStore({ uri, tablePrefix: "suite_", clock }),
    openTooNew: async () => {
      await forgeVersion(uri, "new_cache_schema");
      return openMongoCacheStore({ uri, tablePrefix: "new_" });
    },
  });
});
