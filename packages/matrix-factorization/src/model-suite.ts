import { AbortError, InvalidArgumentError } from "@furze/core";
import { UserItemMatrix } from "@furze/dataset";
import { KernelPool } from "@furze/kernels";
import { decodeModelFile, InvalidModelFileError } from "@furze/model-file";
import { afterAll, describe, expect, it } from "vitest";
import { MatrixFactorizationModel } from "./model.ts";
import { checkerboard, diagonal, type ModelSuite, SIZE } from "./model-suite-data.ts";
import { describeEdges } from "./model-suite-edges.ts";

/** The contract of every factor model; call it from the model's test file. */
export function describeModel({ kind, create }: ModelSuite): void {
  const pool = new KernelPool({ threads: 2 });
  afterAll(() => pool.close());
  const small = { numFactors: 6, numEpochs: 60, threads: 1 };
  const lists = (matrix: UserItemMatrix) => ({ offsets: matrix.userOffsets, indices: matrix.itemIndices });
  const everyone = Array.from({ length: SIZE }, (_, user) => user);

  describe(`${kind}: answers`, () => {
    it("finds the held-out item of every user of a checkerboard", async () => {
      const matrix = checkerboard();
      using model = await create(small).fit(matrix, { pool });
      const { itemIndices } = await model.recommend(everyone, { limit: 1, exclude: lists(matrix), pool });
      expect([...itemIndices]).toEqual(everyone);
    });

    it("scores as predict does, best first, excluded items left out", async () => {
      const matrix = checkerboard();
      using model = await create({ ...small, numFactors: 20 }).fit(matrix, { pool });
      const { itemIndices, scores } = await model.recommend(everyone, { limit: 6, exclude: lists(matrix), pool });
      for (const [place, item] of itemIndices.entries()) {
        const user = Math.floor(place / 6);
        expect(matrix.has(user, item)).toBe(false);
        expect(scores[place]).toBeCloseTo(model.predict(user, item) ?? Number.NaN, 4);
        if (place % 6 > 0) expect(scores[place]).toBeLessThanOrEqual(scores[place - 1] ?? Number.NaN);
      }
    });

    it("gives the same lists in a batch, alone and for the user's vector", async () => {
      const matrix = checkerboard(40);
      using model = await create(small).fit(matrix, { pool });
      const users = [7, 3, 39, 3, 0];
      const batch = await model.recommend(users, { limit: 5, pool });
      const vectors = Float32Array.from(
        users.flatMap((user) => [...model.userFactors.subarray(user * model.factorStride).subarray(0, model.numFactors)]),
      );
      const byVector = await model.recommendForVectors(vectors, { limit: 5, pool });
      expect(byVector.itemIndices).toEqual(batch.itemIndices);
      for (const [row, user] of users.entries()) {
        const alone = await model.recommend([user], { limit: 5, pool });
        const single = model.recommendForVector(vectors.subarray(row * model.numFactors, (row + 1) * model.numFactors), {
          limit: 5,
        });
        expect(alone.itemIndices).toEqual(batch.itemIndices.subarray(row * 5, row * 5 + 5));
        // Another kernel, which may round otherwise and so order near ties otherwise.
        for (const [i, item] of single.itemIndices.entries()) {
          expect(single.scores[i]).toBeCloseTo(alone.scores[i] ?? Number.NaN, 4);
          expect(single.scores[i]).toBeCloseTo(model.predict(user, item) ?? Number.NaN, 4);
        }
      }
    });

    it("takes exclusions in any order", async () => {
      using model = await create(small).fit(checkerboard(), { pool });
      const all = await model.recommend([0], { limit: SIZE, pool });
      const [first = -1, second = -1, ...rest] = all.itemIndices;
      const exclude = {
        offsets: Int32Array.of(0, 2),
        indices: Int32Array.of(Math.max(first, second), Math.min(first, second)),
      };
      const { itemIndices } = await model.recommend([0], { limit: SIZE - 2, exclude, pool });
      expect([...itemIndices]).toEqual(rest);
      const vector = model.userFactors.subarray(0, model.numFactors);
      const single = model.recommendForVector(vector, { limit: SIZE, exclude: [second, first, 99, -1] });
      expect([...single.itemIndices]).toEqual(rest);
    });

    it("finds items of the same parity similar", async () => {
      using model = await create(small).fit(checkerboard(), { pool });
      const { itemIndices, scores } = model.similarItems(4, 5);
      expect([...itemIndices].sort((a, b) => a - b)).toEqual([0, 2, 6, 8, 10]);
      for (const score of scores) expect(Math.abs(score)).toBeLessThanOrEqual(1.0001);
      expect(model.similarItems(4, 100).itemIndices.length).toBe(SIZE - 1);
    });

    it("folds a new user in from his items", async () => {
      using model = await create(small).fit(checkerboard(), { pool });
      const vector = model.foldIn([1, 3, 5, 7, 77]);
      if (vector === undefined) throw new TypeError("the items are known");
      const { itemIndices } = model.recommendForVector(vector, { limit: 2, exclude: [1, 3, 5, 7] });
      expect([...itemIndices].sort((a, b) => a - b)).toEqual([9, 11]);
      expect(model.foldIn([1, 1, 3, 5, 7], [1, 1, 1, 1, 1])).toEqual(vector);
      expect(model.foldIn([])).toBeUndefined();
      expect(model.foldIn([77])).toBeUndefined();
      expect(() => model.foldIn([1], [Number.NaN])).toThrow(InvalidArgumentError);
      expect(() => model.foldIn([1], [1, 2])).toThrow(InvalidArgumentError);
    });

    it("folds many users in as it does each of them", async () => {
      using model = await create(small).fit(checkerboard(), { pool });
      const lists = [
        [1, 3, 5],
        [],
        [0, 2, 2, 77],
        [77],
        ...Array.from({ length: 40 }, (_, user) => [user % SIZE, (user * 5) % SIZE]),
      ];
      expect(await model.foldInMany(lists, { pool })).toEqual(lists.map((list) => model.foldIn(list)));
      expect(await model.foldInMany([], { pool })).toEqual([]);
      await expect(model.foldInMany(lists, { pool, signal: AbortSignal.abort() })).rejects.toMatchObject({ code: "ABORTED" });
    });
  });

  describe(`${kind}: fitting`, () => {
    it("gives equal bits for equal seeds on one thread, others for others", async () => {
      const train = (seed: number) => create({ ...small, numEpochs: 3, seed }).fit(checkerboard(), { pool });
      using first = await train(5);
      using second = await train(5);
      using third = await train(6);
      expect(second.userFactors).toEqual(first.userFactors);
      expect(second.itemFactors).toEqual(first.itemFactors);
      expect(second.itemBiases).toEqual(first.itemBiases);
      expect(third.itemFactors).not.toEqual(first.itemFactors);
    });

    it("keeps the best epoch on validation data and stops when patience ends", async () => {
      const scores: (number | undefined)[] = [];
      const model = create({ ...small, numEpochs: 500, evaluationInterval: 2, patience: 2, evaluationK: 1 });
      using fitted = await model.fit(checkerboard(), {
        validation: diagonal(),
        pool,
        onEpoch: (report) => void scores.push(report.score),
      });
      const best = Math.max(...scores.map((score) => score ?? -1));
      expect(scores.length).toBeLessThan(500);
      expect(scores[0]).toBeUndefined();
      expect(fitted.score).toBe(best);
      expect(fitted.bestEpoch).toBe(scores.indexOf(best) + 1);
      expect(scores.length).toBe(fitted.bestEpoch + 4);
      const { itemIndices } = await fitted.recommend(everyone, { limit: 1, exclude: lists(checkerboard()), pool });
      const hits = itemIndices.filter((item, user) => item === user).length;
      expect(hits / SIZE).toBeCloseTo(best, 6);
    });

    it("reports every epoch and has finite factors after each", async () => {
      const epochs: number[] = [];
      using model = await create({ numFactors: 16, numEpochs: 8 }).fit(checkerboard(), {
        pool,
        onEpoch: ({ epoch }) => void epochs.push(epoch),
      });
      expect(epochs).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
      expect(model.bestEpoch).toBe(8);
      expect(model.score).toBeUndefined();
      expect([...model.userFactors, ...model.itemFactors].every(Number.isFinite)).toBe(true);
    });

    it("weighs entries: a heavier item ranks before a lighter one", async () => {
      const rows = Array.from({ length: 30 }, (_, user) => [0, 1, 2 + (user % 2)]);
      const values = rows.map(() => [1, 40, 1]);
      const matrix = UserItemMatrix.fromRows({ numItems: 4, rows, values });
      using model = await create({ numFactors: 2, numEpochs: 20, threads: 1 }).fit(matrix, { pool });
      expect(model.predict(0, 1)).toBeGreaterThan(model.predict(0, 0) ?? Number.NaN);
    });

    it("stops in the middle when aborted", async () => {
      const controller = new AbortController();
      let epochs = 0;
      const onEpoch = (): void => {
        if (++epochs === 2) controller.abort(new Error("enough"));
      };
      const training = create({ ...small, numEpochs: 1000 }).fit(checkerboard(), { pool, signal: controller.signal, onEpoch });
      await expect(training).rejects.toBeInstanceOf(AbortError);
      expect(epochs).toBe(2);
      await expect(create(small).fit(checkerboard(), { pool, signal: AbortSignal.abort() })).rejects.toBeInstanceOf(AbortError);
    });
  });

  describeEdges({ kind, create }, pool);

  describe(`${kind}: files`, () => {
    it("restores an equal model", async () => {
      using model = await create({ ...small, evaluationK: 2 }).fit(checkerboard(), { validation: diagonal(), pool });
      const bytes = model.toModelFile({ extra: { digest: "abc" }, arrays: { ids: Uint8Array.of(1, 2) } });
      using restored = MatrixFactorizationModel.fromModelFile(bytes);
      const keys = [
        "kind",
        "parameters",
        "numUsers",
        "numItems",
        "numFactors",
        "bestEpoch",
        "score",
        "trainingMs",
        "userFactors",
        "itemFactors",
        "itemBiases",
      ] as const;
      for (const key of keys) expect(restored[key], key).toEqual(model[key]);
      expect(await restored.recommend(everyone, { limit: 3, pool })).toEqual(
        await model.recommend(everyone, { limit: 3, pool }),
      );
      expect(restored.foldIn([1, 3])).toEqual(model.foldIn([1, 3]));
      const file = decodeModelFile(bytes, { kind });
      expect(file.arrays.ids).toEqual(Uint8Array.of(1, 2));
      expect(file.header).toMatchObject({ extra: { digest: "abc" }, numFactors: 6 });
      using again = MatrixFactorizationModel.fromModelFile(file);
      expect(again.itemFactors).toEqual(model.itemFactors);
    });

    it("refuses files that are damaged or hold something else", async () => {
      using model = await create({ ...small, numEpochs: 1 }).fit(checkerboard(), { pool });
      const bytes = model.toModelFile();
      const damaged = bytes.slice();
      damaged[200] = (damaged[200] ?? 0) ^ 1;
      const file = decodeModelFile(bytes);
      const { itemBiases: _, ...arrays } = file.arrays;
      const bad = [
        damaged,
        { ...file, kind: "fm" },
        { ...file, header: null },
        { ...file, header: { numUsers: -1 } },
        { ...file, arrays },
      ];
      bad.push({ ...file, arrays: { ...file.arrays, itemBiases: new Float32Array(SIZE).fill(Number.NaN) } });
      for (const source of bad) expect(() => MatrixFactorizationModel.fromModelFile(source)).toThrow(InvalidModelFileError);
    });
  });
}
