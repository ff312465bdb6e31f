import { SeededRandom } from "@furze/dataset";
import { afterEach, describe, expect, it } from "vitest";
import { copyRows, KernelArrays, sampleTables } from "./kernel-tables.ts";
import { ParameterTable } from "./parameter-table.ts";
import { FmSamples } from "./samples.ts";

/** Parameters as plain numbers. */
interface Plain {
  bias: number;
  readonly weights: number[];
  readonly factors: number[][];
}

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

function featuresOf({ rows, first, second }: FmSamples, sample: number): [number, number][] {
  const rowsOfSample = second === undefined ? [first?.[sample] ?? sample] : [first?.[sample] ?? sample, second[sample] ?? 0];
  return rowsOfSample.flatMap((row) => {
    const [start, end] = [rows.offsets[row], rows.offsets[row + 1]];
    return Array.from(rows.indices.subarray(start, end), (feature, i): [number, number] => [
      feature,
      rows.values?.[(start ?? 0) + i] ?? 1,
    ]);
  });
}

/** The model's equation as it is written, pair by pair. */
function score(plain: Plain, features: readonly [number, number][]): number {
  let sum = plain.bias;
  for (const [i, [a, x]] of features.entries()) {
    sum += x * (plain.weights[a] ?? 0);
    for (const [b, y] of features.slice(i + 1)) {
      const product = (plain.factors[a] ?? []).reduce((total, value, f) => total + value * (plain.factors[b]?.[f] ?? 0), 0);
      sum += x * y * product;
    }
  }
  return sum;
}

function meanLoss(plain: Plain, samples: FmSamples): number {
  let sum = 0;
  for (const [sample, target] of samples.targets.entries()) {
    const s = score(plain, featuresOf(samples, sample));
    sum += Math.log1p(Math.exp(target === 1 ? -s : s));
  }
  return sum / samples.numSamples;
}

function plainOf({ rows, bias, numFeatures, numFactors, stride, factorStride }: ParameterTable): Plain {
  const at = (feature: number, column: number): number => rows.view[feature * stride + column] ?? Number.NaN;
  return {
    bias: bias.view[0] ?? Number.NaN,
    weights: Array.from({ length: numFeatures }, (_, feature) => at(feature, factorStride)),
    factors: Array.from({ length: numFeatures }, (_, feature) => Array.from({ length: numFactors }, (_, f) => at(feature, f))),
  };
}

/** Runs `fmTrain` over all samples in order, in batches with the given steps. */
function train(parameters: ParameterTable, samples: FmSamples, batchSize: number, steps: number[], regularization: number) {
  const { memory, stride, numFeatures } = parameters;
  const arrays = new KernelArrays();
  const tables = sampleTables(parameters, arrays, copyRows(parameters, arrays, samples.rows), samples);
  const targets = memory.allocUint8(samples.numSamples);
  targets.view.set(samples.targets);
  const order = memory.copyInt32(samples.targets.map((_, sample) => sample));
  const means = memory.allocFloat32(numFeatures * stride);
  const squares = memory.allocFloat32(numFeatures * stride);
  const biasMoments = memory.allocFloat32(8);
  const training = memory.allocUint32(8);
  const pointers = [targets, order, means, squares, biasMoments, memory.copyFloat32(steps)].map((array) => array.pointer);
  training.view.set([...pointers, batchSize]);
  new Float32Array(training.view.buffer, training.pointer + 28, 1)[0] = regularization;
  const slots = memory.allocInt32(numFeatures);
  const gradients = memory.allocFloat32(numFeatures * stride);
  const scratch = memory.allocUint32(5);
  const rest = [memory.allocInt32(numFeatures), gradients, memory.allocFloat32(64 * stride), memory.allocFloat32(64)];
  scratch.view.set([slots, ...rest].map((array) => array.pointer));
  const loss = memory.call("fmTrain", tables, training.pointer, scratch.pointer, 0, samples.numSamples);
  return { loss, means: means.view, biasMean: biasMoments.view[0], scratch: [...slots.view, ...gradients.view] };
}

const tables: ParameterTable[] = [];
afterEach(() => {
  for (const table of tables.splice(0)) table.dispose();
});

function randomParameters(random: SeededRandom, numFeatures: number, numFactors: number): ParameterTable {
  const table = new ParameterTable({ numFeatures, numFactors });
  tables.push(table);
  for (let feature = 0; feature < numFeatures; feature++) {
    table.randomize(feature, 0.3, random);
    table.rows.view[feature * table.stride + table.factorStride] = random.next() - 0.5;
  }
  table.bias.view[0] = 0.25;
  return table;
}

const shapes = [1, 2, 5, 8, 16, 19, 32, 50].flatMap((numFactors) => [
  { numFactors, isPaired: false },
  { numFactors, isPaired: true },
]);

describe("fmTrain", () => {
  it.each(shapes)("has the gradient of the loss, $numFactors factors, paired rows: $isPaired", ({ numFactors, isPaired }) => {
    const random = new SeededRandom(numFactors);
    const samples = randomSamples(random, 7, 11, isPaired);
    const parameters = randomParameters(random, 7, numFactors);
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
    for (const [feature, row] of plain.factors.entries()) {
      const mean = (column: number): number => (means[feature * parameters.stride + column] ?? Number.NaN) / 0.1;
      const weightSlope = slope((by) => {
        plain.weights[feature] = (plain.weights[feature] ?? 0) + by;
      });
      expect(mean(parameters.factorStride)).toBeCloseTo(weightSlope, 4);
      for (const f of row.keys()) {
        const factorSlope = slope((by) => {
          row[f] = (row[f] ?? 0) + by;
        });
        expect(mean(f)).toBeCloseTo(factorSlope, 4);
      }
    }
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

/** The same training in plain loops over double floats. */
function plainAdam(plain: Plain, samples: FmSamples, batchSize: number, steps: number[], regularization: number): void {
  const moments = new Map<string, { mean: number; square: number }>();
  const move = (key: string, value: number, gradient: number, step: number): number => {
    const moment = moments.get(key) ?? { mean: 0, square: 0 };
    moments.set(key, moment);
    moment.mean = 0.9 * moment.mean + 0.1 * gradient;
    moment.square = 0.999 * moment.square + 0.001 * gradient ** 2;
    return value - (step * moment.mean) / (Math.sqrt(moment.square) + 1e-8);
  };
  for (const [batch, step] of steps.entries()) {
    const size = Math.min(batchSize, samples.numSamples - batch * batchSize);
    const gradients = new Map<number, { weight: number; factors: number[] }>();
    let biasGradient = 0;
    for (let sample = batch * batchSize; sample < batch * batchSize + size; sample++) {
      const features = featuresOf(samples, sample);
      const error = (1 / (1 + Math.exp(-score(plain, features))) - (samples.targets[sample] ?? 0)) / size;
      biasGradient += error;
      for (const [feature, x] of features) {
        const own = plain.factors[feature] ?? [];
        const gradient = gradients.get(feature) ?? { weight: 0, factors: own.map(() => 0) };
        gradients.set(feature, gradient);
        gradient.weight += error * x;
        for (const f of own.keys()) {
          const others = features.reduce((sum, [b, y]) => (b === feature ? sum : sum + y * (plain.factors[b]?.[f] ?? 0)), 0);
          gradient.factors[f] = (gradient.factors[f] ?? 0) + error * x * others;
        }
      }
    }
    plain.bias = move("bias", plain.bias, biasGradient, step);
    for (const [feature, gradient] of gradients) {
      const weight = plain.weights[feature] ?? 0;
      plain.weights[feature] = move(`w${feature}`, weight, gradient.weight + regularization * weight, step);
      const row = plain.factors[feature] ?? [];
      for (const [f, value] of [...row].entries())
        row[f] = move(`v${feature},${f}`, value, (gradient.factors[f] ?? 0) + regularization * value, step);
    }
  }
}
