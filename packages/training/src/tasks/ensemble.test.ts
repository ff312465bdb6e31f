import { UserItemMatrix } from "@furze/dataset";
import type { MatrixFactorizationModel } from "@furze/matrix-factorization";
import { expect, it } from "vitest";
import { debiased, fitEnsemble } from "./ensemble.ts";

const matrix = UserItemMatrix.fromRows({ numItems: 4, rows: [[0], [0, 1, 2, 3], [0, 1], []] });

it("lets entries of active users and popular items count less, and all together as much as before", () => {
  const { values = new Float32Array(0), userOffsets, itemIndices } = debiased(matrix, 0.5);
  expect([userOffsets, itemIndices]).toEqual([matrix.userOffsets, matrix.itemIndices]);
  // Entries of the user times those of the item: 1 * 3, then 4 * 3, 4 * 2, 4 * 1, 4 * 1, then 2 * 3, 2 * 2.
  const expected = [3, 12, 8, 4, 4, 6, 4].map((product) => product ** -0.5);
  const scale = expected.length / expected.reduce((sum, value) => sum + value, 0);
  for (const [place, value] of values.entries()) expect(value).toBeCloseTo(scale * (expected[place] ?? 0), 5);
});

it("keeps the proportions of weights that there are", () => {
  const weighted = UserItemMatrix.fromRows({ numItems: 2, rows: [[0, 1]], values: [[1, 3]] });
  expect(debiased(weighted, 0.5).values).toEqual(new Float32Array([1, 3]));
});

it("fits each model by its name, with tuned parameters where they are of its type, and ends when told to", async () => {
  const ensemble = [
    { name: "small", type: "als", numFactors: 4 },
    { name: "debiased", type: "als", numFactors: 4, debiasing: 0.3 },
    { name: "bpr", type: "bpr", numFactors: 8 },
  ] as const;
  const shared = { numFactors: 64, numEpochs: 3, alpha: 0.2, regularization: 0.01, regularizationExponent: 1 };
  using models = await fitEnsemble({ matrix, ensemble, tuned: { kind: "als", ...shared } });
  const shape = ({ kind, numFactors, parameters }: MatrixFactorizationModel) => [kind, numFactors, parameters.numEpochs];
  expect(Array.from(models, ([name, model]) => [name, ...shape(model)])).toEqual([
    ["small", "als", 4, 3],
    ["debiased", "als", 4, 3],
    ["bpr", "bpr", 8, 100],
  ]);
  expect(models.get("debiased")?.itemFactors).not.toEqual(models.get("small")?.itemFactors);
  await expect(fitEnsemble({ matrix, ensemble, signal: AbortSignal.abort() })).rejects.toThrow();
});
