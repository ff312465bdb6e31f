import { ManualClock } from "@furze/core";
import { encodeList } from "@furze/storage";
import { expect, it } from "vitest";
import { listKeyText, ServerSingleLists, type StoredList } from "./server-single-lists.ts";

const key = (name: string) => ({ collection: "c", name });

/** A table of lists, and the statements that went to it: the names, each with the number of bytes when only a part was read. */
function table(): { rows: Map<string, StoredList>; statements: string[]; single: ServerSingleLists; clock: ManualClock } {
  const rows = new Map<string, StoredList>();
  const statements: string[] = [];
  const clock = new ManualClock(0);
  const single = new ServerSingleLists(async (keys, numBytes) => {
    statements.push(`${keys.map(({ name }) => name)} ${numBytes ?? "all"}`);
    const found = new Map<string, StoredList>();
    for (const text of keys.map(listKeyText)) {
      const row = rows.get(text);
      if (row !== undefined && row.expiresMs > clock.now()) found.set(text, { ...row, bytes: row.bytes.subarray(0, numBytes) });
    }
    return { found, overlayVersion: statements.length };
  }, clock);
  return { rows, statements, single, clock };
}

function put(rows: Map<string, StoredList>, name: string, digest: string, expiresMs = 1000): void {
  rows.set(listKeyText(key(name)), { expiresMs, bytes: encodeList({ entries: [], updatedMs: 0, digest, modelId: "" }) });
}

async function read(single: ServerSingleLists, ...names: string[]): Promise<(string | undefined)[]> {
  const reads = await Promise.all(names.map((name) => single.get(key(name), undefined)));
  return reads.map(({ lists }) => lists[0]?.digest);
}

it("reads what several ask for by one statement, and then only the stamps of what is kept", async () => {
  const { rows, statements, single } = table();
  put(rows, "a", "1");
  put(rows, "b", "2");
  expect(await read(single, "a", "b", "a", "none")).toEqual(["1", "2", "1", undefined]);
  expect(await read(single, "a", "b")).toEqual(["1", "2"]);
  put(rows, "d", "4");
  expect(await read(single, "a", "d")).toEqual(["1", "4"]);
  expect(statements).toEqual(["a,b,none all", "a,b 8", "a 8", "d all"]);
});

it("reads again what has been replaced, drops what is gone or has expired, and takes no damaged list", async () => {
  const { rows, statements, single, clock } = table();
  for (const name of ["a", "b", "c", "d"]) put(rows, name, "1");
  await read(single, "a", "b", "c", "d");
  put(rows, "a", "2");
  rows.delete(listKeyText(key("b")));
  put(rows, "c", "1", 2000);
  rows.set(listKeyText(key("d")), { expiresMs: 1000, bytes: Uint8Array.of(1, 2, 3) });
  expect(await read(single, "a", "b", "c", "d")).toEqual(["2", undefined, "1", undefined]);
  expect(statements.slice(1)).toEqual(["a,b,c,d 8", "a,c,d all"]);
  clock.advance(1000);
  expect(await read(single, "a", "c", "d")).toEqual([undefined, "1", undefined]);
  expect(statements.slice(3)).toEqual(["a,c 8", "d all"]);
});

it("tells the version of the overlay from before all that it has read", async () => {
  const { rows, single } = table();
  put(rows, "a", "1");
  await read(single, "a");
  put(rows, "a", "2");
  // The second statement asks for the stamp, the third for another list, the fourth for the replaced one.
  const reads = await Promise.all([single.get(key("a"), undefined), single.get(key("b"), undefined)]);
  expect(reads.map(({ overlayVersion }) => overlayVersion)).toEqual([2, 2]);
});
