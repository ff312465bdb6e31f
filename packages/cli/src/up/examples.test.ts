import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findExample } from "./examples.ts";

const root = mkdtempSync(join(tmpdir(), "furze-examples-"));

beforeAll(() => {
  mkdirSync(join(root, "films"));
  mkdirSync(join(root, "books"));
  writeFileSync(join(root, "films", "furze.toml"), "");
});
afterAll(() => rmSync(root, { recursive: true }));

describe("findExample", () => {
  it("finds an example by name or by path, with its config if it has one", async () => {
    expect(await findExample("films", root)).toEqual({
      name: "films",
      folder: join(root, "films"),
      configFile: join(root, "films", "furze.toml"),
    });
    expect(await findExample(join(root, "books"), root)).toMatchObject({ folder: join(root, "books"), configFile: undefined });
  });

  it("lists the known names for an unknown one", async () => {
    await expect(findExample("movies", root)).rejects.toMatchObject({
      exitCode: 2,
      message: "There is no example named movies. Known: books, films. Or give the path of a folder, such as ./my-data.",
    });
    await expect(findExample("./nowhere", root)).rejects.toThrow(/nowhere does not exist/);
  });
});
