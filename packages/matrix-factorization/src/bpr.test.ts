import { UserItemMatrix } from "@furze/dataset";
import { KernelPool } from "@furze/kernels";
import { afterAll, describe, expect, it } from "vitest";
import { Bpr } from "./bpr.ts";
import { TrainingDivergedError } from "./index.ts";
import { describeModel } from "./model-suite.ts";

describeModel({ kind: "bpr", create: (options) => new Bpr({ learningRate: 0.1, ...options }) });

const pool = new KernelPool({ threads: 2 });
afterAll(() => pool.close());

describe("bpr", () => {
  it("gives popular items the larger biases", async () => {
    const rows = Array.from({ length: 40 }, (_, user) => (user % 4 === 0 ? [0, 1, 2] : [0, 1]));
    using model = await new Bpr({ numFactors: 2, numEpochs: 30, threads: 1 }).fit(
      UserItemMatrix.fromRows({ numItems: 5, rows }),
      { pool },
    );
    expect(model.itemBiases[0]).toBeGreaterThan(model.itemBiases[2] ?? Number.NaN);
    expect([...model.itemBiases.subarray(3)]).toEqual([0, 0]);
  });

  it("says when training diverges instead of returning a useless model", async () => {
    const rows = Array.from({ length: 4 }, (_, user) => [user]);
    const values = rows.map(() => [1e30]);
    const training = new Bpr({ numFactors: 2, learningRate: 1, threads: 1 }).fit(
      UserItemMatrix.fromRows({ numItems: 4, rows, values }),
      { pool },
    );
    await expect(training).rejects.toBeInstanceOf(TrainingDivergedError);
  });

  it("refuses its own options out of range", () => {
    expect(() => new Bpr({ learningRate: 0 })).toThrow(expect.objectContaining({ path: "learningRate" }));
    expect(() => new Bpr({ regularization: Number.POSITIVE_INFINITY })).toThrow(
      expect.objectContaining({ path: "regularization" }),
    );
  });
});
