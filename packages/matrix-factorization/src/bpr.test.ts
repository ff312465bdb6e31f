import { UserItemMatrix } from "@furze/dataset";
import { KernelPool } from "@furze/kernels";
import { afterAll, describe, expect, it } from "vitest";
import { Bpr } from "./bpr.ts";
import { TrainingDivergedError } from "./index.ts";
import { describeModel } from "./model-suite.ts";
import { checkerboard } from "./model-suite-data.ts";

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

  it("lets the step fall to the given share by the last epoch", async () => {
    const train = (numEpochs: number, finalLearningRateShare: number) =>
      new Bpr({ numFactors: 4, numEpochs, finalLearningRateShare, threads: 1 }).fit(checkerboard(), { pool });
    using first = await train(1, 1);
    using stopped = await train(2, 0);
    using constant = await train(2, 1);
    // A last epoch without a step changes nothing.
    expect(stopped.itemFactors).toEqual(first.itemFactors);
    expect(constant.itemFactors).not.toEqual(first.itemFactors);
  });

  it("lets the penalty change to the given share by the last epoch", async () => {
    const train = (regularization: number, finalRegularizationShare: number) =>
      new Bpr({ numFactors: 4, numEpochs: 40, regularization, finalRegularizationShare, threads: 1 }).fit(checkerboard(), {
        pool,
      });
    using fading = await train(0.1, 0);
    using constant = await train(0.1, 1);
    using growing = await train(0.1, 4);
    const norm = ({ itemFactors }: { readonly itemFactors: Float32Array }) => Math.hypot(...itemFactors);
    expect(norm(fading)).toBeGreaterThan(1.1 * norm(constant));
    expect(norm(constant)).toBeGreaterThan(1.1 * norm(growing));
    using none = await train(0, 1);
    using stillNone = await train(0, 4);
    expect(stillNone.itemFactors).toEqual(none.itemFactors);
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
    for (const path of ["finalLearningRateShare", "finalRegularizationShare"])
      for (const value of [-0.1, Number.NaN, 101])
        expect(() => new Bpr({ [path]: value })).toThrow(expect.objectContaining({ path }));
  });
});
