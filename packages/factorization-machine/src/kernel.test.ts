import { SeededRandom } from "@furze/dataset";
import { KernelArrays } from "@furze/kernels";
import { afterEach, describe, expect, it } from "vitest";
import { copyEmbeddings, copyRows, poolingScratch, sampleTables } from "./kernel-tables.ts";
import { ParameterTable } from "./parameter-table.ts";
import { meanLoss, type Plain, plainAdam } from "./plain-fm.ts";
import { FmSamples } from "./samples.ts";
import { dimensionsOf } from "./trainee.ts";

/** Random pairs of rows with values. Shared rows, so that gradients of several samples meet in a feature. */
function randomSamples(random: SeededRandom, numFeatures: number, numSamples: number, isPaired: boolean): FmSamples {
  const lists = Array.from({ length: numSamples }, () =>
    Array.from({ length: numFeatures }, (_, feature) => feature).filter(() => random.next() < 0.4),
  );
  const indices = Int32Array.from(lists.flat());
  const offsets = new Int32Array(numSamples + 1);
  for (const [row, list] of lists.entries()) offsets[row + 1] = (offsets[row] ?? 0) + list.length;
  const values = Float32Array.from(indices, () => 2 * random.next() - 1);
  const rows = { numFeatures, offsets, indices, values };
  const targets = Uint8Array.from({ length: numSamples }, () => random.nextInt(2));
  if (!isPaired) return new FmSamples({ rows, targets });
  const draw = (): Int32Array => Int32Array.from({ length: numSamples }, () => random.nextInt(numSamples));
  return new FmSamples({ rows, targets, first: draw(), second: draw() });
}

/** Two kinds of embeddings for the second rows, which some rows lack. */
function withEmbeddings(samples: FmSamples, random: SeededRandom): FmSamples {
  const count = samples.rows.offsets.length - 3;
  const tables = [5, 2].map((dimension, kind) => ({
    name: `e${kind}`,
    dimension,
    vectors: Float32Array.from({ length: count * dimension }, () => 2 * random.next() - 1),
    places: Int32Array.from({ length: count }, (_, row) => (row % 4 === kind ? -1 : count - 1 - row)),
  }));
  const second = Int32Array.from({ length: samples.numSamples }, () => 2 + random.nextInt(count));
  return new FmSamples({ ...samples, second, embeddings: { firstRow: 2, tables } });
}

function plainOf({ rows, bias, numFeatures, numRows, numFactors, stride, factorStride }: ParameterTable): Plain {
  const at = (feature: number, column: number): number => rows.view[feature * stride + column] ?? Number.NaN;
  return {
    bias: bias.view[0] ?? Number.NaN,
    weights: Array.from({ length: numFeatures }, (_, feature) => at(feature, factorStride)),
    factors: Array.from({ length: numRows }, (_, row) => Array.from({ length: numFactors }, (_, f) => at(row, f))),
  };
}

/** Runs `fmTrain` over all samples in order, in batches with the given steps. */
function train(parameters: ParameterTable, samples: FmSamples, batchSize: number, steps: number[], regularization: number) {
  const { memory, stride, factorStride, numFeatures, numRows } = parameters;
  const arrays = new KernelArrays();
  const embeddings = copyEmbeddings(parameters, arrays, samples.embeddings);
  const record = sampleTables(parameters, arrays, copyRows(parameters, arrays, samples.rows), samples, embeddings);
  const targets = memory.allocUint8(samples.numSamples);
  targets.view.set(samples.targets);
  const order = memory.copyInt32(Array.from(samples.targets, (_, sample) => sample));
  const [means, squares, biasMoments] = [numRows * stride, numRows * stride, 8].map((length) => memory.allocFloat32(length));
  const training = memory.allocUint32(10);
  const pointers = [targets, order, means, squares, biasMoments, memory.copyFloat32(steps)].map((array) => array?.pointer ?? 0);
  training.view.set([...pointers, batchSize, 0, numFeatures, numRows - numFeatures]);
  new Float32Array(training.view.buffer, training.pointer + 28, 1)[0] = regularization;
  const numPooled = embeddings?.numRows ?? 0;
  const slots = memory.allocInt32(numRows);
  const gradients = memory.allocFloat32(numRows * stride);
  const pooledGradients = memory.allocFloat32(numPooled * factorStride);
  const scratch = memory.allocUint32(9);
  const inner = [memory.allocInt32(numRows), gradients, memory.allocFloat32(64 * stride), memory.allocFloat32(64)];
  const flags = memory.allocUint8(numPooled);
  const outer = [flags, memory.allocInt32(numPooled), pooledGradients].map((array) => array.pointer);
  scratch.view.set([...[slots, ...inner].map((array) => array.pointer), ...outer, poolingScratch(parameters, arrays)]);
  const loss = memory.call("fmTrain", record, training.pointer, scratch.pointer, 0, samples.numSamples);
  const left = [...slots.view, ...gradients.view, ...pooledGradients.view, ...flags.view];
  return { loss, means: means?.view ?? [], biasMean: biasMoments?.view[0], scratch: left };
}

const tables: ParameterTable[] = [];
afterEach(() => {
  for (const table of tables.splice(0)) table.dispose();
});

function randomParameters(
  random: SeededRandom,
  numFeatures: number,
  numFactors: number,
  dimensions: number[] = [],
): ParameterTable {
  const table = new ParameterTable({ numFeatures, numFactors, dimensions });
  tables.push(table);
  for (let feature = 0; feature < numFeatures; feature++) {
    table.randomize(feature, 0.3, random);
    table.rows.view[feature * table.stride + table.factorStride] = random.next() - 0.5;
  }
  table.randomizeWeights(random);
  table.bias.view[0] = 0.25;
  return table;
}

const shapes = [
  ...[1, 2, 5, 8, 16, 19, 32, 50].flatMap((numFactors) => [
    { numFactors, kind: "one row" },
    { numFactors, kind: "two rows" },
  ]),
  ...[3, 4, 7, 16].map((numFactors) => ({ numFactors, kind: "two rows with embeddings" })),
];

describe("fmTrain", () => {
  it.each(shapes)("has the gradient of the loss, $numFactors factors, $kind", ({ numFactors, kind }) => {
    const random = new SeededRandom(numFactors);
    const plainSamples = randomSamples(random, 7, 11, kind !== "one row");
    const samples = kind === "two rows with embeddings" ? withEmbeddings(plainSamples, random) : plainSamples;
    const parameters = randomParameters(random, 7, numFactors, dimensionsOf(samples));
    const plain = plainOf(parameters);
    // Steps of zero: the parameters stay, and Adam's first mean is a tenth of the gradient.
    const { loss, means, biasMean, scratch } = train(parameters, samples, 11, [0], 0);
    expect(loss).toBeCloseTo(11 * meanLoss(plain, samples), 4);
    expect(plainOf(parameters)).toEqual(plain);
    expect(scratch.every((value) => value === 0)).toBe(true);
    const slope = (move: (by: number) => void): number => {
      const at = (by: number): number => {
        move(by);
        const value = meanLoss(plain, samples);
        move(-by);
        return value;
      };
      return (at(1e-5) - at(-1e-5)) / 2e-5;
    };
    const biasSlope = slope((by) => {
      plain.bias += by;
    });
    expect((biasMean ?? Number.NaN) / 0.1).toBeCloseTo(biasSlope, 4);
    const steepest: number[] = [];
    for (const [feature, row] of plain.factors.entries()) {
      const mean = (column: number): number => (means[feature * parameters.stride + column] ?? Number.NaN) / 0.1;
      const weightSlope = slope((by) => {
        if (feature < 7) plain.weights[feature] = (plain.weights[feature] ?? 0) + by;
      });
      expect(mean(parameters.factorStride)).toBeCloseTo(weightSlope, 5);
      for (const f of row.keys()) {
        const factorSlope = slope((by) => {
          row[f] = (row[f] ?? 0) + by;
        });
        expect(mean(f)).toBeCloseTo(factorSlope, 5);
        steepest[feature] = Math.max(steepest[feature] ?? 0, Math.abs(factorSlope));
      }
    }
    // A gradient of zeros everywhere would prove nothing.
    const sections = kind === "two rows with embeddings" ? [0, 7, 12, 17, 22, 23, 24, 26, 28, 30, 31, 32] : [0, 7];
    for (const [i, start] of sections.slice(0, -1).entries())
      expect(Math.max(...steepest.slice(start, sections[i + 1]))).toBeGreaterThan(1e-4);
  });

  it("moves as plain Adam does, batch by batch, only what a batch has, and keeps padding zero", () => {
    const random = new SeededRandom(3);
    const samples = randomSamples(random, 9, 150, false);
    const parameters = randomParameters(random, 9, 6);
    const plain = plainOf(parameters);
    const steps = [0.01, 0.02, 0.005];
    plainAdam(plain, samples, 70, steps, 0.05);
    train(parameters, samples, 70, steps, 0.05);
    const moved = plainOf(parameters);
    expect(moved.bias).toBeCloseTo(plain.bias, 4);
    for (const [feature, row] of plain.factors.entries()) {
      expect(moved.weights[feature]).toBeCloseTo(plain.weights[feature] ?? Number.NaN, 4);
      for (const [f, value] of row.entries()) expect(moved.factors[feature]?.[f]).toBeCloseTo(value, 4);
      const { stride, factorStride } = parameters;
      const padding = parameters.rows.view.subarray(feature * stride + 6, (feature + 1) * stride);
      expect([...padding].filter((_, i) => i !== factorStride - 6).every((value) => value === 0)).toBe(true);
    }
  });

  it("has finite losses and errors for scores of any size", () => {
    const rows = { numFeatures: 1, offsets: Int32Array.of(0, 1, 2), indices: Int32Array.of(0, 0) };
    const samples = new FmSamples({ rows, targets: Uint8Array.of(0, 1) });
    const parameters = randomParameters(new SeededRandom(1), 1, 4);
    parameters.bias.view[0] = 1000;
    const { loss, biasMean } = train(parameters, samples, 2, [0], 0);
    expect(loss).toBeCloseTo(1000 + (parameters.rows.view[4] ?? 0), 2);
    expect(biasMean).toBeCloseTo(0.1 * 0.5, 6);
  });
});
