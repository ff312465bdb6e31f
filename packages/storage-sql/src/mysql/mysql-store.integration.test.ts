import { describeCacheStore, describeDataStore } from "@furze/storage/conformance";
import { describe } from "vitest";
import { forgeVersion } from "../../test/forge-version.ts";
import { openMysqlCacheStore, openMysqlDataStore } from "./open-mysql.ts";

const uri = process.env.FURZE_TEST_MYSQL_URL ?? "";

describe.runIf(uri !== "")("MySQL", () => {
  describeDataStore("storage-sql: MySQL", {
    open: () => openMysqlDataStore({ uri, tablePrefix: "suite_" }),
    openTooNew: () => forgeVersion(() => openMysqlDataStore({ uri, tablePrefix: "new_" }), uri, "new_data_schema"),
    capabilities: { timestampPrecisionMs: 1, multiProcess: true, atomicWrites: true },
  });
  describeCacheStore("storage-sql: MySQL cache", {
    open: (clock) => openMysqlCacheStore({ uri, tablePrefix: "suite_", clock }),
    openTooNew: () => forgeVersion(() => openMysqlCacheStore({ uri, tablePrefix: "new_" }), uri, "new_cache_schema"),
  });
});
