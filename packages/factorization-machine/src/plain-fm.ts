// The model and its training in plain loops over double floats, which the kernels are tested against.
import type { FmSamples } from "./samples.ts";

/** Parameters as plain numbers. */
export interface Plain {
  bias: number;
  readonly weights: number[];
  /** Of the features, then the weights of embeddings. */
  readonly factors: number[][];
}

export function featuresOf({ rows, first, second }: FmSamples, sample: number): [number, number][] {
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
export function score(plain: Plain, features: readonly [number, number][]): number {
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

function dot(a: readonly number[], b: readonly number[] = []): number {
  return a.reduce((sum, value, i) => sum + value * (b[i] ?? Number.NaN), 0);
}

/** The pooled embeddings of a row as they are written down, all gates at once. */
function pooled(plain: Plain, { numFeatures, embeddings }: FmSamples, row: number): number[] {
  const width = plain.factors[0]?.length ?? 0;
  const result = Array.from({ length: width }, () => 0);
  let at = numFeatures;
  for (const { dimension, vectors, places } of embeddings?.tables ?? []) {
    const [toHidden, fromHidden, out] = [0, 1, 2].map((part) =>
      plain.factors.slice(at + part * dimension, at + (part + 1) * dimension),
    );
    const [hiddenBias = [], outBias = []] = plain.factors.slice(at + 3 * dimension, at + 3 * dimension + 2);
    at += 3 * dimension + 2;
    const place = places[row - (embeddings?.firstRow ?? 0)] ?? -1;
    if (place < 0) continue;
    const x = [...vectors.subarray(place * dimension, (place + 1) * dimension)];
    const hidden = hiddenBias.map((bias, f) =>
      Math.max(
        0,
        bias +
          dot(
            x,
            toHidden?.map((weights) => weights[f] ?? 0),
          ),
      ),
    );
    const logits = fromHidden?.map((weights) => Math.exp(dot(hidden, weights))) ?? [];
    const total = logits.reduce((sum, value) => sum + value, 0);
    const gated = x.map((value, j) => (value * dimension * (logits[j] ?? 0)) / total);
    for (const [f, bias] of outBias.entries())
      result[f] =
        (result[f] ?? 0) +
        bias +
        dot(
          gated,
          out?.map((weights) => weights[f] ?? 0),
        );
  }
  return result;
}

export function meanLoss(plain: Plain, samples: FmSamples): number {
  let sum = 0;
  for (const [sample, target] of samples.targets.entries()) {
    const features = featuresOf(samples, sample);
    let s = score(plain, features);
    if (samples.embeddings !== undefined) {
      const sums = plain.factors[0]?.map((_, f) =>
        dot(
          features.map(([, x]) => x),
          features.map(([a]) => plain.factors[a]?.[f] ?? 0),
        ),
      );
      s += dot(sums ?? [], pooled(plain, samples, samples.second?.[sample] ?? 0));
    }
    sum += Math.log1p(Math.exp(target === 1 ? -s : s));
  }
  return sum / samples.numSamples;
}

/** The same training in plain loops over double floats. */
export function plainAdam(plain: Plain, samples: FmSamples, batchSize: number, steps: number[], regularization: number): void {
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
