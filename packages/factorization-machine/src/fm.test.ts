import { AbortError, InvalidArgumentError, InvalidDatasetError } from "@furze/core";
import { SeededRandom } from "@furze/dataset";
import { KernelPool } from "@furze/kernels";
import { decodeModelFile, InvalidModelFileError } from "@furze/model-file";
import { afterAll, describe, expect, it } from "vitest";
import { evaluateClicks, Fm, FmModel, type FmOptions, FmSamples, TrainingDivergedError } from "./index.ts";

const pool = new KernelPool({ threads: 2 });
afterAll(() => pool.close());

const SIZE = 12;
const small: FmOptions = { numFactors: 6, numEpochs: 60, learningRate: 0.05, batchSize: 16 };

/** Users like the items of their own parity: only the pair of features tells, neither of them alone. */
function checkerboard(isHeldOut: (user: number, item: number) => boolean = () => false): FmSamples {
  const pairs = Array.from({ length: SIZE * SIZE }, (_, i): [number, number] => [Math.floor(i / SIZE), i % SIZE]);
  return samplesOf(pairs.filter(([user, item]) => !isHeldOut(user, item)));
}

function samplesOf(pairs: readonly (readonly [number, number])[], isPositive = (u: number, i: number) => (u + i) % 2 === 0) {
  const rows = {
    numFeatures: 2 * SIZE,
    offsets: Int32Array.from({ length: pairs.length + 1 }, (_, i) => 2 * i),
    indices: Int32Array.from(pairs.flatMap(([user, item]) => [user, SIZE + item])),
  };
  return new FmSamples({ rows, targets: Uint8Array.from(pairs, ([user, item]) => (isPositive(user, item) ? 1 : 0)) });
}

const isNearDiagonal = (user: number, item: number): boolean => item === user || item === (user + 1) % SIZE;
const train = checkerboard(isNearDiagonal);
const heldOut = checkerboard((user, item) => !isNearDiagonal(user, item));

function bitsOf(model: FmModel): Uint8Array {
  const { arrays } = decodeModelFile(model.toModelFile());
  return Uint8Array.from(
    ["bias", "weights", "factors"].flatMap((name) => [...new Uint8Array((arrays[name] as Float32Array).slice().buffer)]),
  );
}

describe("answers", () => {
  it("predicts held-out pairs that only the interaction explains", async () => {
    using model = await new Fm(small).fit(train, { pool });
    const scores = await model.predict(heldOut, { pool });
    expect(evaluateClicks(scores, heldOut.targets).auc).toBe(1);
    for (const [sample, score] of scores.entries()) expect(score > 0).toBe(heldOut.targets[sample] === 1);
  });

  it.each([1, 7, 16, 24])("scores by the equation of the model, %i factors", async (numFactors) => {
    using model = await new Fm({ ...small, numFactors, numEpochs: 5 }).fit(train, { pool });
    const scores = await model.predict(heldOut, { pool });
    for (const [sample, score] of scores.entries()) {
      const [user = 0, item = 0] = heldOut.rows.indices.subarray(2 * sample, 2 * sample + 2);
      const [a, b] = [model.factorsOf(user), model.factorsOf(item)];
      const product = a.reduce((sum, value, f) => sum + value * (b[f] ?? Number.NaN), 0);
      expect(score).toBeCloseTo(model.bias + model.weightOf(user) + model.weightOf(item) + product, 4);
      const parts = [user, item].map((feature) => model.vectorOf({ indices: [feature] }));
      expect(parts.map(({ constant }) => constant)).toEqual([model.weightOf(user), model.weightOf(item)]);
      expect(model.vectorOf({ indices: [user, item] }).constant + model.bias).toBeCloseTo(score, 4);
    }
  });

  it("learns from values", async () => {
    const random = new SeededRandom(5);
    const values = Float32Array.from({ length: 400 }, () => random.next() - 0.5);
    const rows = {
      numFeatures: 1,
      offsets: Int32Array.from({ length: 401 }, (_, i) => i),
      indices: new Int32Array(400),
      values,
    };
    const samples = new FmSamples({ rows, targets: Uint8Array.from(values, (x) => (x > 0.1 ? 1 : 0)) });
    using model = await new Fm({ ...small, numEpochs: 30 }).fit(samples, { pool });
    expect(evaluateClicks(await model.predict(samples, { pool }), samples.targets).auc).toBeGreaterThan(0.99);
  });

  it("leaves features without a sample at zero, so that they change no score", async () => {
    const someUsers = checkerboard((user) => user === 3);
    using model = await new Fm({ ...small, numEpochs: 2 }).fit(someUsers, { pool });
    expect(model.weightOf(3)).toBe(0);
    expect([...model.factorsOf(3)]).toEqual(Array(6).fill(0));
    expect(model.weightOf(4)).not.toBe(0);
  });
});

describe("fitting", () => {
  it("gives equal bits for equal seeds on one thread, others for others", async () => {
    const trained = (seed: number): Promise<FmModel> => new Fm({ ...small, numEpochs: 3, seed }).fit(train, { pool });
    using first = await trained(5);
    using second = await trained(5);
    using third = await trained(6);
    expect(bitsOf(second)).toEqual(bitsOf(first));
    expect(bitsOf(third)).not.toEqual(bitsOf(first));
  });

  it("shuffles: the order of the samples decides nothing that another order would not", async () => {
    const one = new Fm({ ...small, numEpochs: 1, batchSize: 4, initialDeviation: 0 });
    const weightFor = async (seed: number): Promise<number> => {
      using model = await new Fm({ ...one.parameters, seed }).fit(train, { pool });
      return model.weightOf(0);
    };
    // Without random factors only the order depends on the seed.
    expect(await weightFor(1)).not.toBe(await weightFor(2));
  });

  it("reaches the same quality on two threads", async () => {
    using model = await new Fm({ ...small, threads: 2 }).fit(train, { pool });
    expect(evaluateClicks(await model.predict(heldOut, { pool }), heldOut.targets).auc).toBe(1);
  });

  it("keeps the best epoch on validation data and stops when patience ends", async () => {
    const scores: (number | undefined)[] = [];
    const losses: number[] = [];
    const fm = new Fm({ ...small, numEpochs: 500, evaluationInterval: 2, patience: 3 });
    using model = await fm.fit(train, {
      validation: heldOut,
      pool,
      onEpoch: ({ score, loss }) => {
        scores.push(score);
        losses.push(loss);
      },
    });
    const best = Math.max(...scores.map((score) => score ?? -1));
    expect(scores[0]).toBeUndefined();
    expect(model.score).toBe(best);
    expect(model.bestEpoch).toBe(scores.indexOf(best) + 1);
    expect(scores.length).toBe(model.bestEpoch + 6);
    const metrics = evaluateClicks(await model.predict(heldOut, { pool }), heldOut.targets);
    expect(metrics.auc).toBeCloseTo(model.score ?? 0, 12);
    expect(metrics.logLoss).toBeCloseTo(model.logLoss ?? 0, 6);
    expect(losses.at(-1)).toBeLessThan(losses[0] ?? 0);
  });

  it("makes smaller steps as epochs go by, half the first after the half-life", async () => {
    const pairs = Array.from({ length: SIZE }, (_, i): [number, number] => [i, i]);
    const firstHalf = samplesOf(pairs, (user) => user < SIZE / 2);
    const weightAfter = async (options: FmOptions): Promise<number> => {
      using model = await new Fm({ ...small, initialDeviation: 0, batchSize: 1000, ...options }).fit(firstHalf, { pool });
      return model.weightOf(0);
    };
    // One step an epoch, and Adam's first steps are as long as its rate; what later ones add shows the rate of their epoch.
    const first = await weightAfter({ numEpochs: 1 });
    const stays = (await weightAfter({ numEpochs: 2 })) - first;
    const halves = (await weightAfter({ numEpochs: 2, learningRateHalfLife: 1 })) - first;
    expect(stays).not.toBe(0);
    expect(halves / stays).toBeCloseTo(0.5, 3);
  });

  it("reports every epoch, and the loss of the first is that of a constant", async () => {
    const epochs: number[] = [];
    let firstLoss = 0;
    const fm = new Fm({ numEpochs: 4, initialDeviation: 0 });
    using model = await fm.fit(train, {
      pool,
      onEpoch: ({ epoch, numEpochs, loss }) => {
        if (epoch === 1) firstLoss = loss;
        epochs.push(epoch);
        expect(numEpochs).toBe(4);
      },
    });
    expect(epochs).toEqual([1, 2, 3, 4]);
    expect(firstLoss).toBeCloseTo(Math.LN2, 4);
    expect([model.bestEpoch, model.score, model.logLoss]).toEqual([4, undefined, undefined]);
  });

  it("stops in the middle when aborted", async () => {
    const controller = new AbortController();
    let epochs = 0;
    const onEpoch = (): void => {
      if (++epochs === 2) controller.abort(new Error("enough"));
    };
    const training = new Fm({ ...small, numEpochs: 1000 }).fit(train, { pool, signal: controller.signal, onEpoch });
    await expect(training).rejects.toBeInstanceOf(AbortError);
    expect(epochs).toBe(2);
    await expect(new Fm(small).fit(train, { pool, signal: AbortSignal.abort() })).rejects.toBeInstanceOf(AbortError);
    using model = await new Fm({ ...small, numEpochs: 1 }).fit(train, { pool });
    await expect(model.predict(train, { pool, signal: AbortSignal.abort() })).rejects.toBeInstanceOf(AbortError);
  });

  it("says when training diverges instead of returning a useless model", async () => {
    const rows = { ...train.rows, values: new Float32Array(train.rows.indices.length).fill(1e30) };
    const training = new Fm(small).fit(new FmSamples({ rows, targets: train.targets }), { pool });
    await expect(training).rejects.toBeInstanceOf(TrainingDivergedError);
  });

  it("gives the memory of 200 fits back", async () => {
    const wide = new FmSamples({ rows: { ...train.rows, numFeatures: 30_000 }, targets: train.targets });
    const trainOnce = async (): Promise<void> => {
      using _model = await new Fm({ numEpochs: 1 }).fit(wide, { pool });
    };
    for (let i = 0; i < 20; i++) await trainOnce();
    const before = process.memoryUsage.rss();
    // Each of them holds 10 MiB.
    for (let i = 0; i < 180; i++) await trainOnce();
    expect((process.memoryUsage.rss() - before) / 2 ** 20).toBeLessThan(180);
  });
});

describe("edges", () => {
  it("works for one feature, more factors than data, and batches larger than the data", async () => {
    const rows = { numFeatures: 1, offsets: Int32Array.of(0, 1, 2, 2), indices: Int32Array.of(0, 0) };
    const samples = new FmSamples({ rows, targets: Uint8Array.of(0, 1, 1) });
    using model = await new Fm({ numFactors: 100, numEpochs: 2, batchSize: 1_000_000 }).fit(samples, { pool });
    const scores = await model.predict(samples, { pool });
    expect(scores.every(Number.isFinite)).toBe(true);
    expect(scores[2]).toBe(model.bias);
    using empty = await new Fm({ numEpochs: 2 }).fit(
      new FmSamples({
        rows: { numFeatures: 0, offsets: new Int32Array(5), indices: new Int32Array(0) },
        targets: Uint8Array.of(1, 1, 1, 0),
      }),
      { pool },
    );
    expect(empty.bias).toBeCloseTo(Math.log(3), 1);
  });

  it("refuses samples that nothing can be learned from, and data that do not fit", async () => {
    const none = samplesOf([]);
    const onlyPositive = samplesOf([[0, 0]]);
    const onlyNegative = samplesOf([[0, 1]]);
    for (const samples of [none, onlyPositive, onlyNegative])
      await expect(new Fm(small).fit(samples, { pool })).rejects.toBeInstanceOf(InvalidDatasetError);
    const wider = new FmSamples({ rows: { ...train.rows, numFeatures: 50 }, targets: train.targets });
    for (const validation of [wider, onlyPositive])
      await expect(new Fm(small).fit(train, { validation, pool })).rejects.toMatchObject({ path: "validation" });
    await expect(new Fm({ ...small, threads: 3 }).fit(train, { pool })).rejects.toMatchObject({ path: "threads" });
    using model = await new Fm({ ...small, numEpochs: 1 }).fit(train, { pool });
    await expect(model.predict(wider, { pool })).rejects.toMatchObject({ path: "samples" });
    expect(() => model.vectorOf({ indices: [24] })).toThrow(InvalidArgumentError);
    expect(() => model.vectorOf({ indices: [1], values: [Number.NaN] })).toThrow(InvalidArgumentError);
    expect(() => model.weightOf(-1)).toThrow(InvalidArgumentError);
    expect(() => model.factorsOf(1.5)).toThrow(InvalidArgumentError);
  });

  it("refuses options out of range, naming them", () => {
    for (const [option, value] of [
      ["numFactors", 0],
      ["numEpochs", 1.5],
      ["learningRate", 0],
      ["regularization", -1],
      ["batchSize", 0],
      ["initialDeviation", Number.NaN],
      ["seed", 0.5],
      ["threads", 0],
      ["evaluationInterval", 0],
      ["patience", -1],
    ] as const) {
      expect(() => new Fm({ [option]: value })).toThrow(expect.objectContaining({ path: option }));
    }
  });
});

describe("files", () => {
  it("restores an equal model", async () => {
    using model = await new Fm({ ...small, numEpochs: 3 }).fit(train, { validation: heldOut, pool });
    const bytes = model.toModelFile({ extra: { digest: "abc" }, arrays: { own: Uint8Array.of(1, 2) } });
    using restored = FmModel.fromModelFile(bytes);
    for (const key of [
      "parameters",
      "numFeatures",
      "numFactors",
      "bestEpoch",
      "score",
      "logLoss",
      "trainingMs",
      "bias",
    ] as const)
      expect(restored[key], key).toEqual(model[key]);
    expect(bitsOf(restored)).toEqual(bitsOf(model));
    expect(await restored.predict(heldOut, { pool })).toEqual(await model.predict(heldOut, { pool }));
    const file = decodeModelFile(bytes, { kind: "fm" });
    expect(file.arrays.own).toEqual(Uint8Array.of(1, 2));
    expect(file.header).toMatchObject({ extra: { digest: "abc" }, numFactors: 6 });
  });

  it("refuses files that are damaged or hold something else", async () => {
    using model = await new Fm({ ...small, numEpochs: 1 }).fit(train, { pool });
    const bytes = model.toModelFile();
    const damaged = bytes.slice();
    damaged[200] = (damaged[200] ?? 0) ^ 1;
    const file = decodeModelFile(bytes);
    const { weights: _, ...arrays } = file.arrays;
    const infinite = { ...file.arrays, weights: new Float32Array(24).fill(Number.POSITIVE_INFINITY) };
    for (const source of [
      damaged,
      { ...file, kind: "als" },
      { ...file, header: null },
      { ...file, header: { numFeatures: 0 } },
      { ...file, arrays },
      { ...file, arrays: infinite },
    ])
      expect(() => FmModel.fromModelFile(source)).toThrow(InvalidModelFileError);
  });
});
