import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { prepareDataFolder } from "./data-folder.ts";

const root = mkdtempSync(join(tmpdir(), "furze-data-"));
afterAll(() => rmSync(root, { recursive: true }));

describe("prepareDataFolder", () => {
  it("makes the folder, any number of times, and leaves no trace of its check", async () => {
    const path = join(root, "deep", "data");
    await prepareDataFolder(path);
    const folder = await prepareDataFolder(path);
    expect(folder).toEqual({ path, logs: join(path, "logs"), blobs: join(path, "blob") });
    expect(existsSync(folder.logs)).toBe(true);
    expect(readdirSync(path).sort()).toEqual(["blob", "logs"]);
  });

  it("says in one sentence why a path cannot be used", async () => {
    const file = join(root, "file");
    writeFileSync(file, "");
    await expect(prepareDataFolder(file)).rejects.toThrow(
      `The data folder ${file} is not a folder; choose another one with --data.`,
    );
  });
});
