import { describeDataStore } from "@furze/storage/conformance";
import { describe } from "vitest";
import { forgeVersion } from "../test/forge-version.ts";
import { openClickhouseDataStore } from "./open-clickhouse-data-store.ts";

const uri = process.env.FURZE_TEST_CLICKHOUSE_URL ?? "";

describe.runIf(uri !== "")("ClickHouse", () => {
  const open = (tablePrefix: string) => openClickhouseDataStore({ uri, tablePrefix });

  describeDataStore("storage-clickhouse", {
    open: () => open("suite_"),
    openTooNew: () => forgeVersion(() => open("new_"), uri, "new_data_schema"),
    capabilities: { timestampPrecisionMs: 1, multiProcess: true, atomicWrites: true },
  });
});
