import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describeBlobStore } from "@furze/storage/conformance";
import { afterAll, expect, test } from "vitest";
import { openBlobStore } from "./open-blob-store.ts";

const folder = mkdtempSync(join(tmpdir(), "furze-blobs-"));
afterAll(() => rmSync(folder, { recursive: true }));

describeBlobStore("storage-blob: local folder", { open: async () => openBlobStore(join(folder, "made/when needed")) });

test("a file: URL names the same folder as its path", async () => {
  const path = join(folder, "by url");
  await openBlobStore(pathToFileURL(path).href).put("a", Uint8Array.of(1));
  expect(readdirSync(path)).toEqual(["a"]);
});

test("~ is the home folder", async () => {
  const name = `furze-no-such-folder-${process.pid}`;
  const error = await openBlobStore(`~/${name}`)
    .get("a")
    [Symbol.asyncIterator]()
    .next()
    .catch((reason: unknown) => reason);
  expect((error as Error).cause).toMatchObject({ path: join(homedir(), name, "a") });
});

test("other schemes and an empty address are refused, naming what is supported", () => {
  expect(() => openBlobStore("s3://bucket/prefix")).toThrow(/s3:\/\/; supported are: a folder's path, file:\/\//);
  expect(() => openBlobStore("")).toThrow(/empty/);
  expect(() => openBlobStore("file://host/share")).toThrow(/not the URL of a local folder/);
});

test("a folder that cannot be made is one clear sentence", async () => {
  writeFileSync(join(folder, "a file"), "");
  const store = openBlobStore(join(folder, "a file", "blobs"));
  await expect(store.put("a", Uint8Array.of(1))).rejects.toMatchObject({ code: "UNAVAILABLE" });
});

test("unfinished files of a killed process are no blobs", async () => {
  const path = join(folder, "killed");
  const store = openBlobStore(path);
  await store.put("a", Uint8Array.of(1));
  writeFileSync(join(path, ".unfinished-0"), "part");
  expect((await store.list()).map((blob) => blob.name)).toEqual(["a"]);
});
