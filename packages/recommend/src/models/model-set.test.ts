import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { IdDictionary, UserItemMatrix } from "@furze/dataset";
import { Als } from "@furze/matrix-factorization";
import { openBlobStore } from "@furze/storage-blob";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { clickModelFile } from "../../test/click-model.ts";
import { decodeClickModel } from "./click-model.ts";
import { encodeCollaborativeModel } from "./collaborative-model.ts";
import { ModelSet } from "./model-set.ts";

const folder = mkdtempSync(join(tmpdir(), "furze-models-"));
let files: { kind: string; modelId: string; sha256: string; bytes: Uint8Array }[];

beforeAll(async () => {
  using factors = await new Als({ numFactors: 4, numEpochs: 1, threads: 1 }).fit(
    UserItemMatrix.fromRows({ numItems: 2, rows: [[0], [1]] }),
  );
  const ids = (...names: string[]): IdDictionary => {
    const dictionary = new IdDictionary();
    for (const name of names) dictionary.add(name);
    return dictionary;
  };
  const bytes = encodeCollaborativeModel({ modelId: "1", userIds: ids("ann", "ben"), itemIds: ids("a", "b"), factors });
  files = [{ kind: "collaborative", modelId: "1", sha256: "1".repeat(64), bytes }, await clickModelFile("2")];
});

afterAll(() => rmSync(folder, { recursive: true }));

const download = (file: { bytes: Uint8Array }) => Promise.resolve(file.bytes);
const refuse = () => Promise.reject(new Error("no connection"));

describe("ModelSet", () => {
  it("holds one model of each kind, and passes over kinds that it does not know", async () => {
    const models = new ModelSet();
    await models.update([...files, { kind: "later", modelId: "3", sha256: "", bytes: new Uint8Array(0) }], download);
    expect([models.collaborative.modelId, models.click.modelId]).toEqual(["1", "2"]);
    expect(models.isComplete).toBe(true);
    models.dispose();
    expect(models.click.acquire()).toBeUndefined();
  });

  it("is not complete while a model is missing, and is with an old one in its place", async () => {
    const models = new ModelSet();
    expect(models.isComplete).toBe(true);
    await models.update(files, (file) => (file.kind === "click" ? refuse() : download(file)));
    expect(models.collaborative.modelId).toBe("1");
    expect(models.isComplete).toBe(false);
    await models.update(files, download);
    expect(models.isComplete).toBe(true);
    const newer = files.map((file) => ({ ...file, modelId: `${file.modelId}0`, sha256: "9".repeat(64) }));
    await models.update(newer, refuse);
    expect(models.click.modelId).toBe("2");
    expect(models.isComplete).toBe(true);
    models.dispose();
  });

  it("keeps the files of all kinds over a restart", async () => {
    const kept = openBlobStore(join(folder, "kept"));
    const before = new ModelSet({ kept });
    await before.update(files, download);
    before.dispose();
    expect((await kept.list()).length).toBe(2);
    const after = new ModelSet({ kept });
    await after.update(files, refuse);
    expect([after.collaborative.modelId, after.click.modelId]).toEqual(["1", "2"]);
    after.dispose();
  });
});

describe("decodeClickModel", () => {
  it("refuses files of other models, and those without an id", async () => {
    const [collaborative, click] = files;
    expect(() => decodeClickModel(collaborative?.bytes ?? new Uint8Array(0))).toThrow('kind "fm"');
    const { ranker } = decodeClickModel(click?.bytes ?? new Uint8Array(0));
    using _ranker = ranker;
    expect(() => decodeClickModel(ranker.toModelFile())).toThrow("no model id");
  });
});
