import { SeededRandom } from "@furze/dataset";
import { KernelMemory, KernelPool } from "@furze/kernels";
import { afterAll, describe, expect, it } from "vitest";
import { evaluateClicks, Fm, FmSamples } from "./index.ts";

const pool = new KernelPool({ threads: 2 });
afterAll(() => pool.close());

/** Runs the kernel as a fit does. */
function metricsOf(scores: readonly number[], targets: readonly number[], threshold: number): number[] {
  using memory = new KernelMemory();
  const copied = memory.allocUint8(targets.length);
  copied.view.set(targets);
  const scratch = memory.allocUint8(memory.call("clickMetricsScratch", targets.length) ?? 0);
  const result = memory.allocFloat64(4);
  const pointers = [copied.pointer, threshold, scratch.pointer, result.pointer];
  memory.call("clickMetrics", memory.copyFloat32(scores).pointer, ...pointers, 0, targets.length);
  return [...result.view];
}

describe("clickMetrics", () => {
  it.each([1, 2, 3, 100, 5000])("says of %i samples what evaluateClicks says", (count) => {
    const random = new SeededRandom(count);
    for (const scale of [0.5, 4, 1e-3, 1e4]) {
      const targets = Array.from({ length: count }, () => random.nextInt(2));
      // Whole numbers among them, so that there are ties, and both zeros.
      const scores = targets.map((target) => {
        const score = Math.fround(scale * (random.next() * 2 - 1 + target * 0.3));
        return random.nextInt(3) === 0 ? Math.trunc(score) : score;
      });
      const expected = evaluateClicks(scores, targets, 0.25);
      const [auc = 0, loss = 0, numAbove = 0, numFound = 0] = metricsOf(scores, targets, 0.25);
      expect(auc).toBeCloseTo(expected.auc, 12);
      expect(Math.abs(loss / count - expected.logLoss)).toBeLessThan(1e-6 * Math.max(1, expected.logLoss));
      expect(numFound / Math.max(1, numAbove)).toBe(expected.precision);
      expect(numFound).toBe(scores.filter((score, i) => score > 0.25 && targets[i] === 1).length);
    }
  });

  it("counts ties half, zeros of both signs among them, and gives no AUC without a class", () => {
    expect(metricsOf([0, -0, 1], [1, 0, 0], 0)[0]).toBe(0.25);
    expect(metricsOf([1, 2], [1, 1], 0)[0]).toBe(0);
    expect(metricsOf([1, 2], [0, 0], 0)[0]).toBe(0);
  });
});

describe("FmModel.evaluate", () => {
  it("is that of the predicted scores", async () => {
    const random = new SeededRandom(7);
    const rows = {
      numFeatures: 20,
      offsets: Int32Array.from({ length: 301 }, (_, row) => row * 2),
      indices: Int32Array.from({ length: 600 }, () => random.nextInt(20)),
    };
    const samples = new FmSamples({ rows, targets: Uint8Array.from({ length: 300 }, () => random.nextInt(2)) });
    using model = await new Fm({ numEpochs: 5 }).fit(samples, { pool });
    const expected = evaluateClicks(await model.predict(samples, { pool }), samples.targets, 0.01);
    const { logLoss, ...metrics } = await model.evaluate(samples, { threshold: 0.01, pool });
    expect(metrics.auc).toBeGreaterThan(0.5);
    expect(metrics).toEqual({ precision: expected.precision, recall: expected.recall, auc: expect.closeTo(expected.auc, 12) });
    expect(logLoss).toBeCloseTo(expected.logLoss, 6);
    const aborted = model.evaluate(samples, { signal: AbortSignal.abort(), pool });
    await expect(aborted).rejects.toMatchObject({ code: "ABORTED" });
  });
});
