import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describeDataStore } from "@furze/storage/conformance";
import { afterAll } from "vitest";
import { openSqliteDataStore } from "./sqlite-data-store.ts";

const folder = mkdtempSync(join(tmpdir(), "furze-data-"));
afterAll(() => rmSync(folder, { recursive: true }));

describeDataStore("storage-sql: SQLite", {
  open: () => openSqliteDataStore({ path: join(folder, "data.db") }),
  openTooNew: async () => {
    const path = join(folder, "too-new.db");
    const store = await openSqliteDataStore({ path });
    await store.migrate();
    await store.close();
    const database = new DatabaseSync(path);
    database.exec("INSERT INTO data_schema (version, name) VALUES (1000, 'of the future')");
    database.close();
    return openSqliteDataStore({ path });
  },
  capabilities: { timestampPrecisionMs: 1, multiProcess: true, atomicWrites: true },
});
