import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeDataStoreContention } from "@furze/storage/conformance";
import { afterAll } from "vitest";
import { openSqliteDataStore } from "./sqlite-data-store.ts";

const folder = mkdtempSync(join(tmpdir(), "furze-contention-"));
afterAll(() => rmSync(folder, { recursive: true }));

describeDataStoreContention("storage-sql: SQLite", { open: () => openSqliteDataStore({ path: join(folder, "data.db") }) });
