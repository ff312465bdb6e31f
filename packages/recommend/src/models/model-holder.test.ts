import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { IdDictionary, UserItemMatrix } from "@furze/dataset";
import { Als } from "@furze/matrix-factorization";
import { openBlobStore } from "@furze/storage-blob";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { collaborativeKind, decodeCollaborativeModel, encodeCollaborativeModel } from "./collaborative-model.ts";
import { ModelHolder } from "./model-holder.ts";

const folder = mkdtempSync(join(tmpdir(), "furze-holder-"));
const files = new Map<string, Uint8Array>();

beforeAll(async () => {
  const matrix = UserItemMatrix.fromRows({
    numItems: 3,
    rows: [
      [0, 1],
      [1, 2],
    ],
  });
  for (const modelId of ["1", "2"]) {
    const ids = (names: string[]): IdDictionary => {
      const dictionary = new IdDictionary();
      for (const name of names) dictionary.add(name);
      return dictionary;
    };
    using factors = await new Als({ numFactors: 4, numEpochs: 2, threads: 1 }).fit(matrix);
    files.set(
      modelId,
      encodeCollaborativeModel({ modelId, userIds: ids(["ann", "ben"]), itemIds: ids(["a", "b", "c"]), factors }),
    );
  }
});

afterAll(() => rmSync(folder, { recursive: true }));

const fileOf = (modelId: string): Uint8Array => files.get(modelId) as Uint8Array;
const ref = (modelId: string) => ({ modelId, sha256: modelId.repeat(64) });
const download = (modelId: string) => () => Promise.resolve(fileOf(modelId));

describe("ModelHolder", () => {
  it("has nothing at first, then the model it was told of", async () => {
    const holder = new ModelHolder(collaborativeKind);
    expect(holder.modelId).toBe("");
    expect(holder.acquire()).toBeUndefined();
    await holder.update(ref("1"), download("1"));
    expect(holder.modelId).toBe("1");
    expect(holder.acquire()?.model.itemIds.idOf(2)).toBe("c");
    holder.dispose();
  });

  it("refuses a damaged file and keeps the old model; the next try may succeed", async () => {
    const holder = new ModelHolder(collaborativeKind);
    await holder.update(ref("1"), download("1"));
    const damaged = Uint8Array.from(fileOf("2"));
    damaged[damaged.length >> 1] = (damaged[damaged.length >> 1] ?? 0) ^ 1;
    await holder.update(ref("2"), () => Promise.resolve(damaged));
    expect(holder.modelId).toBe("1");
    await holder.update(ref("2"), () => Promise.reject(new Error("no connection")));
    expect(holder.modelId).toBe("1");
    expect(holder.acquire()?.model.factors.predict(0, 0)).toBeDefined();
    await holder.update(ref("2"), download("2"));
    expect(holder.modelId).toBe("2");
    holder.dispose();
  });

  it("lets a replaced model live until the last who works with it is done", async () => {
    const holder = new ModelHolder(collaborativeKind);
    await holder.update(ref("1"), download("1"));
    const lease = holder.acquire();
    if (lease === undefined) throw new Error("there is no model");
    const dispose = vi.spyOn(lease.model.factors, "dispose");
    await holder.update(ref("2"), download("2"));
    expect(dispose).not.toHaveBeenCalled();
    lease.release();
    lease.release();
    expect(dispose).toHaveBeenCalledOnce();
    holder.dispose();
  });

  it("needs nobody after a restart", async () => {
    const kept = openBlobStore(join(folder, "kept"));
    const before = new ModelHolder(collaborativeKind, { kept });
    await before.update(ref("1"), download("1"));
    await before.update(ref("2"), download("2"));
    before.dispose();
    expect((await kept.list()).length).toBe(1);
    const after = new ModelHolder(collaborativeKind, { kept });
    await after.update(ref("2"), () => Promise.reject(new Error("the master is down")));
    expect(after.modelId).toBe("2");
    after.dispose();
  });
});

describe("decodeCollaborativeModel", () => {
  it("refuses model files without ids", async () => {
    using factors = await new Als({ numFactors: 4, numEpochs: 1, threads: 1 }).fit(
      UserItemMatrix.fromRows({ numItems: 2, rows: [[0], [1]] }),
    );
    expect(() => decodeCollaborativeModel(factors.toModelFile())).toThrow("it has no model id");
    expect(() => decodeCollaborativeModel(factors.toModelFile({ extra: { modelId: "1" } }))).toThrow("has no user ids");
  });
});
