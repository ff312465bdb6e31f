import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InvalidArgumentError } from "@furze/core";
import { InvalidRowError } from "@furze/dataset/readers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { evaluateClicks, FmSamples, readLibFm } from "./index.ts";

const rows = { numFeatures: 3, offsets: Int32Array.of(0, 1, 3), indices: Int32Array.of(0, 1, 2) };

describe("FmSamples", () => {
  it("counts", () => {
    const samples = new FmSamples({ rows, targets: Uint8Array.of(1, 0, 1), first: Int32Array.of(0, 1, 1) });
    expect([samples.numSamples, samples.numPositive, samples.numNegative, samples.numFeatures]).toEqual([3, 2, 1, 3]);
  });

  it("refuses parts that do not fit, naming them", () => {
    const targets = Uint8Array.of(1, 0);
    const bad = [
      [{ rows, targets: Uint8Array.of(1) }, "targets"],
      [{ rows, targets: Uint8Array.of(1, 2) }, "targets"],
      [{ rows, targets, first: Int32Array.of(0) }, "first"],
      [{ rows, targets, first: Int32Array.of(0, 2) }, "first"],
      [{ rows, targets, second: Int32Array.of(-1, 0) }, "second"],
      [{ rows, targets, second: Int32Array.of(0) }, "second"],
      [{ rows: { ...rows, indices: Int32Array.of(0, 1, 3) }, targets }, "indices"],
      [{ rows: { ...rows, offsets: Int32Array.of(0, 2, 1) }, targets }, "offsets"],
      [{ rows: { ...rows, offsets: Int32Array.of(0, 4, 3) }, targets }, "offsets"],
      [{ rows: { ...rows, values: Float32Array.of(1, Number.NaN, 1) }, targets }, "values"],
      [{ rows: { ...rows, values: Float32Array.of(1) }, targets }, "values"],
      [{ rows: { ...rows, numFeatures: -1 }, targets }, "numFeatures"],
    ] as const;
    for (const [parts, path] of bad)
      expect(() => new FmSamples(parts), path).toThrow(expect.objectContaining({ path, code: "INVALID_ARGUMENT" }));
  });

  it("splits into disjoint parts of the wanted size that belong together", async () => {
    const count = 1000;
    const many = new FmSamples({
      rows: {
        numFeatures: count,
        offsets: Int32Array.from({ length: count + 1 }, (_, i) => i),
        indices: Int32Array.from({ length: count }, (_, i) => i),
      },
      targets: Uint8Array.from({ length: count }, (_, i) => i % 2),
    });
    const { train, test } = await many.split({ fraction: 0.2, seed: 3 });
    expect([train.numSamples, test.numSamples]).toEqual([800, 200]);
    expect([...(train.first ?? []), ...(test.first ?? [])].sort((a, b) => a - b)).toEqual(
      Array.from({ length: count }, (_, i) => i),
    );
    for (const part of [train, test])
      for (const [sample, row] of part.first?.entries() ?? []) expect(part.targets[sample]).toBe(row % 2);
    // Taken from everywhere: the halves of the data give about half of the test set each.
    expect(Math.abs((test.first?.filter((row) => row < count / 2).length ?? 0) - 100)).toBeLessThan(30);
    expect((await many.split({ fraction: 0.2, seed: 3 })).test.first).toEqual(test.first);
    expect((await many.split({ fraction: 0.2, seed: 4 })).test.first).not.toEqual(test.first);
    const again = await train.split({ fraction: 0.5 });
    for (const [sample, row] of again.test.first?.entries() ?? []) expect(again.test.targets[sample]).toBe(row % 2);
    await expect(many.split({ fraction: 2 })).rejects.toThrow(InvalidArgumentError);
    await expect(many.split({ fraction: 0.5, seed: 0.5 })).rejects.toThrow(InvalidArgumentError);
  });

  it("keeps the second rows in a split", async () => {
    const parts = { rows, targets: Uint8Array.of(1, 0, 0), first: Int32Array.of(0, 1, 0), second: Int32Array.of(1, 1, 0) };
    expect((await new FmSamples(parts).split({ fraction: 0 })).train.second).toEqual(parts.second);
    expect((await new FmSamples(parts).split({ fraction: 1 })).test.second).toEqual(parts.second);
  });
});

describe("readLibFm", () => {
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "furze-libfm-"));
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  const file = (text: string): string => {
    const path = join(folder, "samples.libfm");
    writeFileSync(path, text);
    return path;
  };

  it("reads targets, features and values", async () => {
    const samples = await readLibFm(file("1 0:1 7:0.5\n# a comment\n\n-1 3:-2e-1  # more\r\n0\n"));
    expect([...samples.targets]).toEqual([1, 0, 0]);
    expect([...samples.rows.offsets]).toEqual([0, 2, 3, 3]);
    expect([...samples.rows.indices]).toEqual([0, 7, 3]);
    expect(samples.rows.values).toEqual(Float32Array.of(1, 0.5, -0.2));
    expect(samples.numFeatures).toBe(8);
  });

  it("needs no values when all are 1, and takes a given number of features", async () => {
    const samples = await readLibFm(file("1 0:1 7:1\n"), { numFeatures: 20 });
    expect([samples.rows.values, samples.numFeatures]).toEqual([undefined, 20]);
    await expect(readLibFm(file("1 20:1\n"), { numFeatures: 20 })).rejects.toMatchObject({ path: "indices" });
  });

  it("names the line it cannot read", async () => {
    for (const line of [
      "x 1:1",
      "1 1",
      "1 1:",
      "1 :1",
      "1 a:1",
      "1 -1:1",
      "1 1.5:1",
      "1 1:nan",
      "1 1:1e300",
      "1 99999999999:1",
    ]) {
      const reading = readLibFm(file(`1 0:1\n${line}\n`));
      await expect(reading, line).rejects.toBeInstanceOf(InvalidRowError);
      await expect(reading).rejects.toMatchObject({ line: 2 });
    }
    await expect(readLibFm(file("1 0:1\n"), { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: "ABORTED" });
  });
});

describe("evaluateClicks", () => {
  it("counts what scores above the threshold", () => {
    expect(evaluateClicks([1, 2, 3, 0, -1], [1, 0, 1, 1, 1])).toMatchObject({ precision: 2 / 3, recall: 2 / 4 });
    expect(evaluateClicks([1, 2, 3, 0, -1], [1, 0, 1, 1, 1], -0.5)).toMatchObject({ precision: 3 / 4, recall: 3 / 4 });
  });

  it("has the AUC and the mean log-loss, finite for any score", () => {
    const { auc, logLoss } = evaluateClicks([0, 2, -1, 800], [0, 1, 1, 1]);
    expect(auc).toBeCloseTo(2 / 3, 12);
    expect(logLoss).toBeCloseTo((Math.LN2 + Math.log1p(Math.exp(-2)) + Math.log1p(Math.exp(1))) / 4, 12);
    expect(evaluateClicks([-800], [1])).toEqual({ auc: 0, logLoss: 800, precision: 0, recall: 0 });
    expect(evaluateClicks([], [])).toEqual({ auc: 0, logLoss: 0, precision: 0, recall: 0 });
  });
});
