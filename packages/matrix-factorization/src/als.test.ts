import { UserItemMatrix } from "@furze/dataset";
import { KernelPool } from "@furze/kernels";
import { afterAll, describe, expect, it } from "vitest";
import { Als } from "./als.ts";
import type { MatrixFactorizationModel } from "./model.ts";
import { describeModel } from "./model-suite.ts";

describeModel({ kind: "als", create: (options) => new Als(options) });
describe("by subspaces", () =>
  describeModel({ kind: "als", create: (options) => new Als({ ...options, solver: "subspace" }) }));

const pool = new KernelPool({ threads: 2 });
afterAll(() => pool.close());

const SOLVERS = ["conjugate-gradient", "subspace"] as const;

/** Sum over the entries of their squared errors. */
function squaredErrors(model: MatrixFactorizationModel, matrix: UserItemMatrix): number {
  let sum = 0;
  for (let user = 0; user < matrix.numUsers; user++) {
    for (const item of matrix.row(user)) sum += (1 - (model.predict(user, item) ?? 0)) ** 2;
  }
  return sum;
}

/** A random matrix, half of its entries weighted. */
function randomMatrix(numUsers: number, numItems: number): UserItemMatrix {
  const userIndices: number[] = [];
  const itemIndices: number[] = [];
  const values: number[] = [];
  for (let entry = 0; entry < numUsers * 6; entry++) {
    userIndices.push((entry * 7) % numUsers);
    itemIndices.push((entry * entry * 13 + entry * 5) % numItems);
    values.push(entry % 2 === 0 ? 1 : 2.5);
  }
  return UserItemMatrix.fromTriples({ numUsers, numItems, userIndices, itemIndices, values });
}

describe("als", () => {
  it.each(SOLVERS)("gives equal bits on any number of threads by %s", async (solver) => {
    const train = (threads: number) =>
      new Als({ numFactors: 12, numEpochs: 3, threads, solver }).fit(randomMatrix(203, 97), { pool });
    using one = await train(1);
    using two = await train(2);
    expect(two.userFactors).toEqual(one.userFactors);
    expect(two.itemFactors).toEqual(one.itemFactors);
  });

  it.each([5, 16, 40].flatMap((numFactors) => SOLVERS.map((solver) => ({ numFactors, solver }))))(
    "solves each item's normal equations, $numFactors factors, by $solver",
    async ({ numFactors, solver }) => {
      // After many epochs either solver has converged: the gradient of every item row vanishes.
      const matrix = randomMatrix(60, 30);
      const [alpha, regularization, regularizationExponent] = [0.2, 0.05, 0.5];
      using model = await new Als({ numFactors, numEpochs: 400, alpha, regularization, regularizationExponent, solver }).fit(
        matrix,
        { pool },
      );
      const { factorStride: stride, userFactors, itemFactors } = model;
      const user = (u: number) => userFactors.subarray(u * stride, u * stride + numFactors);
      const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);
      for (let item = 0; item < matrix.numItems; item++) {
        const q = itemFactors.subarray(item * stride, item * stride + numFactors);
        const users = matrix.column(item);
        const weights = matrix.itemValues?.subarray(matrix.itemOffsets[item] ?? 0) ?? new Float32Array();
        const total = weights.subarray(0, users.length).reduce((sum, weight) => sum + weight, 0);
        const gradient = q.map((value) => value * regularization * (total + alpha * matrix.numUsers) ** regularizationExponent);
        for (let u = 0; u < matrix.numUsers; u++) {
          const at = users.indexOf(u);
          const weight = alpha * dot(user(u), q) - (at < 0 ? 0 : (weights[at] ?? 0) * (1 - dot(user(u), q)));
          for (let i = 0; i < numFactors; i++) gradient[i] = (gradient[i] ?? 0) + weight * (user(u)[i] ?? 0);
        }
        expect(Math.hypot(...gradient)).toBeLessThan(2e-3);
      }
    },
  );

  it("learns as well by either solver when there are many factors", async () => {
    const losses: number[] = [];
    for (const solver of SOLVERS) {
      const matrix = randomMatrix(120, 90);
      using model = await new Als({ numFactors: 72, numEpochs: 30, solver }).fit(matrix, { pool });
      losses.push(squaredErrors(model, matrix));
    }
    expect(losses[1]).toBeLessThan(1.05 * (losses[0] ?? 0));
    expect(losses[1]).toBeGreaterThan(0.95 * (losses[0] ?? 0));
  });

  it("takes the solver that fits the number of factors, and refuses others", () => {
    expect([new Als().solver, new Als({ numFactors: 512 }).solver]).toEqual(["conjugate-gradient", "subspace"]);
    expect(new Als({ numFactors: 512, solver: "conjugate-gradient" }).solver).toBe("conjugate-gradient");
    const options = JSON.parse('{ "solver": "newton" }');
    expect(() => new Als(options)).toThrow(expect.objectContaining({ path: "solver" }));
  });

  it("folds a trained user in to the factors that a next half epoch would give him", async () => {
    const matrix = randomMatrix(60, 30);
    using model = await new Als({ numFactors: 8, numEpochs: 400 }).fit(matrix, { pool });
    const weights = matrix.values?.subarray(matrix.userOffsets[7] ?? 0, matrix.userOffsets[8]) ?? [];
    const folded = model.foldIn(matrix.row(7), weights) ?? new Float32Array();
    for (const [i, value] of folded.entries())
      expect(value).toBeCloseTo(model.userFactors[7 * model.factorStride + i] ?? Number.NaN, 2);
  });

  it("refuses its own options out of range", () => {
    expect(() => new Als({ alpha: -1 })).toThrow(expect.objectContaining({ path: "alpha" }));
    expect(() => new Als({ regularization: 0 })).toThrow(expect.objectContaining({ path: "regularization" }));
    expect(() => new Als({ regularizationExponent: Number.NaN })).toThrow(
      expect.objectContaining({ path: "regularizationExponent" }),
    );
  });
});
