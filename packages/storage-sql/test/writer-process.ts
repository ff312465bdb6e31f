// Runs as a process of its own: node writer-process.ts FILE count N | node writer-process.ts FILE until-killed
import { openSqliteDataStore } from "@furze/storage-sql";

const [path = "", mode = "", count = "0"] = process.argv.slice(2);

function row(userId: string, item: number) {
  return { feedbackType: "click", userId, itemId: `i${item}`, value: 1, timestampMs: 0, updatedMs: 0, comment: "" };
}

function rows(userId: string, length: number) {
  return Array.from({ length }, (_, item) => row(userId, item));
}

const store = await openSqliteDataStore({ path });
await store.migrate();

if (mode === "count") {
  for (let call = 0; call < Number(count); call++) await store.feedback.upsert(rows("shared", 5), { mode: "sum" });
  await store.close();
} else {
  // Small calls are acknowledged on standard output once they resolve; a bulk call is always under way beside them.
  for (let call = 0; ; call += 4) {
    const bulk = store.feedback.upsert(rows(`bulk-${call}`, 3000), { mode: "sum" });
    for (const one of [call, call + 1, call + 2, call + 3]) {
      await store.feedback.upsert(rows(`small-${one}`, 20), { mode: "sum" });
      process.stdout.write(`small-${one}\n`);
    }
    await bulk;
  }
}
