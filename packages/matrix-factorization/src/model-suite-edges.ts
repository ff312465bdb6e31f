import { AbortError, FurzeError, InvalidArgumentError, InvalidDatasetError } from "@furze/core";
import { UserItemMatrix } from "@furze/dataset";
import type { KernelPool } from "@furze/kernels";
import { describe, expect, it } from "vitest";
import { checkerboard, type ModelSuite, SIZE } from "./model-suite-data.ts";

/** The part of the contract that is about little, odd and wrong data, and about memory. */
export function describeEdges({ kind, create }: ModelSuite, pool: KernelPool): void {
  const small = { numFactors: 6, numEpochs: 60, threads: 1 };
  const everyone = Array.from({ length: SIZE }, (_, user) => user);

  describe(`${kind}: edges`, () => {
    it("ends for a user who has every item, and for a matrix where everyone does", async () => {
      const full = [0, 1, 2, 3, 4];
      const matrix = UserItemMatrix.fromRows({ numItems: 5, rows: [full, [0, 2], full] });
      using model = await create({ ...small, numEpochs: 3 }).fit(matrix, { pool });
      const { itemIndices, scores } = await model.recommend([0, 1], {
        limit: 2,
        exclude: { offsets: Int32Array.of(0, 5, 7), indices: Int32Array.of(...full, 0, 2) },
        pool,
      });
      expect([...itemIndices.subarray(0, 2)]).toEqual([-1, -1]);
      expect([...scores.subarray(0, 2)]).toEqual([0, 0]);
      expect(itemIndices[2]).toBeGreaterThanOrEqual(0);
      const everything = UserItemMatrix.fromRows({ numItems: 5, rows: [full, full] });
      using all = await create({ ...small, numEpochs: 3 }).fit(everything, { pool });
      expect(all.isUserTrained(1)).toBe(true);
    });

    it("leaves users and items without feedback out", async () => {
      const matrix = UserItemMatrix.fromRows({ numItems: 4, rows: [[0, 1], [], [1]] });
      using model = await create(small).fit(matrix, { pool });
      expect([0, 1, 2, 3, -1].map((user) => model.isUserTrained(user))).toEqual([true, false, true, false, false]);
      expect([0, 1, 2, 3, 4].map((item) => model.isItemTrained(item))).toEqual([true, true, false, false, false]);
      expect([model.predict(1, 0), model.predict(0, 2), model.predict(9, 0), model.predict(0, 9)]).toEqual(
        Array(4).fill(undefined),
      );
      const { itemIndices } = await model.recommend([1, 0, 77], { limit: 3, pool });
      expect([...itemIndices.subarray(0, 3), ...itemIndices.subarray(5)]).toEqual([-1, -1, -1, -1, -1, -1, -1]);
      expect([...itemIndices.subarray(3, 5)].sort()).toEqual([0, 1]);
      expect(model.similarItems(2, 3).itemIndices.length).toBe(0);
      expect(model.userFactors.subarray(model.factorStride, 2 * model.factorStride).every((value) => value === 0)).toBe(true);
    });

    it("works for one user, one item, and more factors than data", async () => {
      using model = await create({ numFactors: 100, numEpochs: 3 }).fit(UserItemMatrix.fromRows({ numItems: 1, rows: [[0]] }), {
        pool,
      });
      const { itemIndices } = await model.recommend([0], { limit: 3, pool });
      expect([...itemIndices]).toEqual([0, -1, -1]);
      expect(model.foldIn([0])?.every(Number.isFinite)).toBe(true);
    });

    it("refuses matrices without positive entries, and data that do not fit", async () => {
      const empty = UserItemMatrix.fromRows({ numItems: 3, rows: [[], []] });
      const zeros = UserItemMatrix.fromRows({ numItems: 3, rows: [[0]], values: [[0]] });
      await expect(create(small).fit(empty, { pool })).rejects.toBeInstanceOf(InvalidDatasetError);
      await expect(create(small).fit(zeros, { pool })).rejects.toBeInstanceOf(InvalidDatasetError);
      await expect(create(small).fit(checkerboard(), { validation: empty, pool })).rejects.toMatchObject({
        path: "validation",
      });
      await expect(create({ threads: 3 }).fit(checkerboard(), { pool })).rejects.toMatchObject({ path: "threads" });
      expect(() => UserItemMatrix.fromRows({ numItems: 3, rows: [[0]], values: [[Number.NaN]] })).toThrow(FurzeError);
    });

    it("refuses options out of range, naming them", () => {
      for (const [option, value] of [
        ["numFactors", 0],
        ["numFactors", 1.5],
        ["numEpochs", -1],
        ["seed", 0.5],
        ["patience", -1],
        ["evaluationK", Number.NaN],
        ["threads", 0],
      ] as const) {
        expect(() => create({ [option]: value })).toThrow(expect.objectContaining({ path: option }));
      }
    });

    it("refuses queries that do not fit", async () => {
      using model = await create(small).fit(checkerboard(), { pool });
      const offsets = Int32Array.of(0, 1);
      await expect(model.recommend([0], { limit: 0, pool })).rejects.toMatchObject({ path: "limit" });
      await expect(model.recommend([0, 1], { limit: 1, exclude: { offsets, indices: offsets }, pool })).rejects.toMatchObject({
        path: "exclude",
      });
      await expect(model.recommendForVectors(new Float32Array(7), { limit: 1, pool })).rejects.toMatchObject({
        path: "vectors",
      });
      expect(() => model.recommendForVector([1], { limit: 1 })).toThrow(InvalidArgumentError);
      expect(() => model.recommendForVector(Array(6).fill(Number.NaN), { limit: 1 })).toThrow(InvalidArgumentError);
      await expect(model.recommend([0], { limit: 1, pool, signal: AbortSignal.abort() })).rejects.toBeInstanceOf(AbortError);
    });

    it("refuses values that are not finite, negative, or not as many as the entries", async () => {
      const matrixOf = (values: readonly number[]) =>
        UserItemMatrix.fromRows({ numItems: 3, rows: [[0, 1]], values: [values] });
      for (const values of [[1, Number.NaN], [1, Number.POSITIVE_INFINITY], [1e39, 1], [1], [1, 1, 1]])
        expect(() => matrixOf(values)).toThrow(FurzeError);
      await expect(create(small).fit(matrixOf([1, -1]), { pool })).rejects.toBeInstanceOf(InvalidDatasetError);
    });

    it("fits a single user with all items, a single item of all users, and weights of zero among others", async () => {
      const all = [0, 1, 2, 3, 4, 5, 6];
      for (const rows of [[all], all.map(() => [0])]) {
        const matrix = UserItemMatrix.fromRows({ numItems: rows[0]?.length ?? 1, rows });
        using model = await create({ numFactors: 16, numEpochs: 3 }).fit(matrix, { pool });
        expect([...model.userFactors, ...model.itemFactors].every(Number.isFinite)).toBe(true);
        const { itemIndices } = await model.recommend([0], { limit: 9, pool });
        expect(itemIndices.filter((item) => item >= 0).length).toBe(matrix.numItems);
      }
      const weighted = UserItemMatrix.fromRows({ numItems: 3, rows: [[0, 1], [1]], values: [[1, 0], [0]] });
      using model = await create({ numFactors: 4, numEpochs: 3 }).fit(weighted, { pool });
      // All that the second user and the second item have is a weight of zero.
      expect([model.isUserTrained(1), model.isItemTrained(1), model.isUserTrained(0)]).toEqual([false, false, true]);
      expect([...model.userFactors, ...model.itemFactors].every(Number.isFinite)).toBe(true);
    });

    it.each([8, 56, 512])("has finite factors for %i factors, more than there are users or items", async (numFactors) => {
      using model = await create({ numFactors, numEpochs: 2 }).fit(checkerboard(), { pool });
      expect([...model.userFactors, ...model.itemFactors].every(Number.isFinite)).toBe(true);
      const { scores } = await model.recommend(everyone, { limit: 3, pool });
      expect(scores.every(Number.isFinite)).toBe(true);
      expect(model.foldIn([1, 3, 5])?.every(Number.isFinite)).toBe(true);
    });

    it("gives shorter lists for limits beyond the items, and none for no users", async () => {
      using model = await create(small).fit(checkerboard(), { pool });
      const { itemIndices, scores } = await model.recommend([0, 1], { limit: 100, pool });
      expect([itemIndices.length, scores.length]).toEqual([200, 200]);
      for (const start of [0, 100]) {
        expect(new Set(itemIndices.subarray(start, start + SIZE)).size).toBe(SIZE);
        expect(itemIndices.subarray(start + SIZE, start + 100).every((item) => item === -1)).toBe(true);
      }
      const none = await model.recommend([], { limit: 5, pool });
      expect([none.itemIndices.length, none.scores.length]).toEqual([0, 0]);
      const { itemIndices: padded } = await model.recommend([-1, 0.5, Number.NaN, 1e9], { limit: 1, pool });
      expect([...padded]).toEqual([-1, -1, -1, -1]);
    });

    it("refuses training and validation data of different shapes", async () => {
      const shapes = [
        { numItems: SIZE + 1, rows: Array.from({ length: SIZE }, () => [0]) },
        { numItems: SIZE, rows: Array.from({ length: SIZE + 1 }, () => [0]) },
      ];
      for (const shape of shapes) {
        const validation = UserItemMatrix.fromRows(shape);
        await expect(create(small).fit(checkerboard(), { validation, pool })).rejects.toMatchObject({ path: "validation" });
      }
      // Nobody to judge by: the scores are those of no user, and the fit ends as always.
      const validation = UserItemMatrix.fromRows({ numItems: SIZE, rows: Array.from({ length: SIZE }, () => []) });
      using model = await create({ ...small, numEpochs: 2 }).fit(checkerboard(), { validation, pool });
      expect(model.score).toBe(0);
    });

    it("gives the memory of 200 fits back, of failed ones too", { timeout: 120_000 }, async () => {
      const rows = Array.from({ length: 400 }, (_, user) => [user % 300, (user * 7) % 300, (user * 13 + 5) % 300]);
      const matrix = UserItemMatrix.fromRows({ numItems: 300, rows });
      const signal = AbortSignal.abort();
      const fitter = create({ numFactors: 128, numEpochs: 1 });
      const work = async (): Promise<void> => {
        using model = await fitter.fit(matrix, { pool, validation: matrix });
        await model.recommend([0, 1, 2], { limit: 10, pool });
        model.similarItems(3, 5);
        const vector = model.foldIn([1, 2, 3]) ?? new Float32Array(128);
        model.recommendForVector(vector, { limit: 5 });
        await expect(fitter.fit(matrix, { pool, signal })).rejects.toBeInstanceOf(AbortError);
      };
      for (let i = 0; i < 30; i++) await work();
      const before = process.memoryUsage.rss();
      for (let i = 0; i < 200; i++) await work();
      // A model has 0.35 MiB of factors, and with what its queries prepare it holds half a MiB: 200 of them would hold 95.
      expect((process.memoryUsage.rss() - before) / 2 ** 20).toBeLessThan(50);
    });
  });
}
