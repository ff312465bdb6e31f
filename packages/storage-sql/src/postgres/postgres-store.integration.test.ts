import { describeCacheStore, describeDataStore } from "@furze/storage/conformance";
import { describe } from "vitest";
import { forgeVersion } from "../../test/forge-version.ts";
import { openPostgresCacheStore, openPostgresDataStore } from "./open-postgres.ts";

const uri = process.env.FURZE_TEST_POSTGRES_URL ?? "";

describe.runIf(uri !== "")("PostgreSQL", () => {
  describeDataStore("storage-sql: PostgreSQL", {
    open: () => openPostgresDataStore({ uri, tablePrefix: "suite_" }),
    openTooNew: () => forgeVersion(() => openPostgresDataStore({ uri, tablePrefix: "new_" }), uri, "new_data_schema"),
    capabilities: { timestampPrecisionMs: 1, multiProcess: true, atomicWrites: true },
  });
  describeCacheStore("storage-sql: PostgreSQL cache", {
    open: (clock) => openPostgresCacheStore({ uri, tablePrefix: "suite_", clock }),
    openTooNew: () => forgeVersion(() => openPostgresCacheStore({ uri, tablePrefix: "new_" }), uri, "new_cache_schema"),
  });
});
