import { afterAll, describe, expect, it } from "vitest";
import { KernelMemory, KernelPool } from "./index.ts";
import { numbers } from "./test-numbers.ts";

const pool = new KernelPool({ threads: 2 });
afterAll(() => pool.close());

describe("top items", () => {
  // Few different scores, so that ties are common.
  const coarse = (length: number, seed: number): Float32Array =>
    numbers(length, seed).map((value) => Math.round(value * 2) / 2);

  it.each([
    [8, 1, 3],
    [8, 7, 10],
    [16, 1000, 20],
    [136, 90, 200],
    [1024, 50, 5],
    // Far more items than a buffer has room for, so that it is cut, with many ties at the cut.
    [8, 5003, 1],
    [8, 4000, 450],
  ])("stride %i, %i items, best %i, against sorting", async (stride, numItems, limit) => {
    using memory = new KernelMemory();
    const numUsers = numItems > 1000 ? 5 : 70;
    const users = memory.copyFloat32(coarse(stride * numUsers, 5));
    const items = memory.copyFloat32(coarse(stride * numItems, 6));
    const rows = memory.copyInt32(Array.from({ length: numUsers }, (_, i) => (i * 3) % numUsers));
    const biases = memory.allocFloat32(Math.ceil(numItems / 8) * 8);
    biases.view.fill(Number.NEGATIVE_INFINITY);
    for (let item = 0; item < numItems; item++) if (item % 6 !== 5) biases.view[item] = (item % 3) / 2;
    const excluded = Array.from({ length: numUsers }, (_, user) =>
      Array.from({ length: numItems }, (_, item) => item).filter((item) => (item * 7 + user) % 4 === 0),
    );
    const offsets = memory.allocInt32(numUsers + 1);
    for (const [user, list] of excluded.entries()) offsets.view[user + 1] = offsets.view[user]! + list.length;
    const indices = memory.copyInt32(excluded.flat());
    const scores = memory.allocFloat32(numUsers * limit);
    const found = memory.allocInt32(numUsers * limit);
    const threadArgs = [0, 1].map(() => [memory.allocFloat32(memory.call("topItemsScratch", stride, limit) ?? 0).pointer]);
    const args = [
      users.pointer,
      rows.pointer,
      items.pointer,
      numItems,
      stride,
      biases.pointer,
      limit,
      offsets.pointer,
      indices.pointer,
      scores.pointer,
      found.pointer,
    ];
    await pool.run({ memory, kernel: "topItems", args, threadArgs, total: numUsers, chunk: 17 });
    const scratch = memory.allocFloat32(memory.call("topItemsOfOneScratch", limit) ?? 0);
    const single = memory.allocInt32(limit);
    for (let user = 0; user < numUsers; user++) {
      const at = rows.view[user]! * stride;
      const score = (item: number): number => {
        let sum = biases.view[item]!;
        for (let i = 0; i < stride; i++) sum += users.view[at + i]! * items.view[item * stride + i]!;
        return sum;
      };
      const all = Array.from({ length: numItems }, (_, item) => ({ item, score: score(item) }));
      const allowed = all.filter(({ item }) => Number.isFinite(biases.view[item]!) && (item * 7 + user) % 4 !== 0);
      const best = allowed
        .sort((a, b) => b.score - a.score || a.item - b.item)
        .slice(0, limit)
        .map(({ item }) => item);
      const expected = [...best, ...Array<number>(limit - best.length).fill(-1)];
      expect([...found.view.subarray(user * limit, (user + 1) * limit)]).toEqual(expected);
      const list = [indices.pointer + 4 * offsets.view[user]!, excluded[user]?.length ?? 0] as const;
      memory.call(
        "topItemsOfOne",
        users.pointer + 4 * at,
        items.pointer,
        numItems,
        stride,
        biases.pointer,
        0,
        limit,
        ...list,
        scores.pointer,
        single.pointer,
        scratch.pointer,
      );
      expect([...single.view]).toEqual(expected);
    }
  });

  it("keeps the lowest indices of equal scores, and the best of scores that span all floats", () => {
    using memory = new KernelMemory();
    const numItems = 2000;
    const items = memory.allocFloat32(numItems * 8);
    const user = memory.copyFloat32([1, 0, 0, 0, 0, 0, 0, 0]);
    const limit = 7;
    const scratch = memory.allocFloat32(memory.call("topItemsOfOneScratch", limit) ?? 0);
    const scores = memory.allocFloat32(limit);
    const found = memory.allocInt32(limit);
    const best = (score: (item: number) => number): number[] => {
      for (let item = 0; item < numItems; item++) items.view[item * 8] = score(item);
      const biases = memory.allocFloat32(numItems);
      const args = [user.pointer, items.pointer, numItems, 8, biases.pointer, 0, limit, 0, 0, scores.pointer, found.pointer];
      memory.call("topItemsOfOne", ...args, scratch.pointer);
      biases.free();
      return [...found.view];
    };
    expect(best(() => 0.5)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(best((item) => (item % 2 === 0 ? -0 : 0))).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(best((item) => (item < 1998 ? -3e38 : 3e38))).toEqual([1998, 1999, 0, 1, 2, 3, 4]);
    expect(best((item) => (item - 1000) * 1e-42)).toEqual([1999, 1998, 1997, 1996, 1995, 1994, 1993]);
    expect(scores.view[0]).toBeCloseTo(999e-42, 44);
    expect(best((item) => Math.sign(item - 1500) * 2 ** (Math.abs(item - 1500) / 16 - 60))).toEqual([
      1999, 1998, 1997, 1996, 1995, 1994, 1993,
    ]);
  });
});
