import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describeCacheStore } from "@furze/storage/conformance";
import { afterAll } from "vitest";
import { openSqliteCacheStore } from "./sqlite-cache-store.ts";

const folder = mkdtempSync(join(tmpdir(), "furze-cache-"));
afterAll(() => rmSync(folder, { recursive: true }));

describeCacheStore("storage-sql: SQLite cache", {
  open: (clock) => openSqliteCacheStore({ path: join(folder, "cache.db"), clock }),
  openTooNew: async () => {
    const path = join(folder, "too-new.db");
    const store = await openSqliteCacheStore({ path });
    await store.migrate();
    await store.close();
    const database = new DatabaseSync(path);
    database.exec("INSERT INTO cache_schema (version, name) VALUES (1000, 'of the future')");
    database.close();
    return openSqliteCacheStore({ path });
  },
});
