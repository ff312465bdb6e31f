import { describe, expect, it } from "vitest";
import { type KernelArray, KernelMemory } from "./index.ts";
import { numbers } from "./test-numbers.ts";

/** Lists of `numUsers` users; the third has none, the fourth every item. */
function listsOf(numUsers: number, numItems: number): number[][] {
  const all = Array.from({ length: numItems }, (_, item) => item);
  return Array.from({ length: numUsers }, (_, user) =>
    user === 2 ? [] : user === 3 ? all : all.filter((item) => (item * 7 + user * 5) % 6 === 0 || item === user),
  );
}

/** What bprSamples reads, and random factors for it to move. */
function setUp(memory: KernelMemory, lists: readonly number[][], numItems: number, stride: number) {
  const offsets = memory.allocInt32(lists.length + 1);
  for (const [user, list] of lists.entries()) offsets.view[user + 1] = offsets.view[user]! + list.length;
  const items = memory.copyInt32(lists.flat());
  const owners = memory.copyInt32(lists.flatMap((list, user) => list.map(() => user)));
  const starts = memory.allocUint32(lists.length);
  const shifts = memory.allocUint8(lists.length);
  for (const user of lists.keys()) starts.view[user] = 8 * user;
  // 64 bits for each user.
  shifts.view.fill(26);
  const filters = memory.allocUint8(8 * lists.length);
  const filterArgs = [filters.pointer, starts.pointer, shifts.pointer] as const;
  memory.call("fillFilters", offsets.pointer, items.pointer, ...filterArgs, 0, lists.length);
  const userFactors = memory.copyFloat32(numbers(lists.length * stride, 8));
  const itemFactors = memory.copyFloat32(numbers(numItems * stride, 9));
  const biases = memory.copyFloat32(numbers(numItems, 10));
  const scratch = memory.allocUint8(memory.call("bprScratch") ?? 0);
  new BigUint64Array(scratch.view.buffer, scratch.pointer, 1)[0] = 88_172_645_463_325_252n;
  return { lists, numItems, stride, offsets, items, owners, filterArgs, userFactors, itemFactors, biases, scratch };
}

type SetUp = ReturnType<typeof setUp>;
type Floats = KernelArray<Float32Array<SharedArrayBuffer>>;

function sample(memory: KernelMemory, set: SetUp, values: Floats | undefined, withBiases: boolean, count: number): number {
  const factors = [set.userFactors.pointer, set.itemFactors.pointer, withBiases ? set.biases.pointer : 0, set.stride];
  const entries = [set.owners.pointer, set.items.pointer, values?.pointer ?? 0, set.offsets.pointer];
  const args = [...factors, ...entries, set.items.length, set.numItems, ...set.filterArgs, 0.1, 0.02];
  return memory.call("bprSamples", ...args, set.scratch.pointer, 0, count) ?? Number.NaN;
}

/** The same in plain JavaScript, from the paper and the kernel's order of draws. */
function plainSamples(set: SetUp, weights: Float32Array | undefined, withBiases: boolean, count: number) {
  const users = Float64Array.from(set.userFactors.view);
  const items = Float64Array.from(set.itemFactors.view);
  const biases = withBiases ? Float64Array.from(set.biases.view) : new Float64Array(set.numItems);
  const { stride, lists, numItems } = set;
  let state = 88_172_645_463_325_252n;
  const next = (): bigint => {
    state ^= BigInt.asUintN(64, state << 13n);
    state ^= state >> 7n;
    state ^= BigInt.asUintN(64, state << 17n);
    return state;
  };
  const high = (random: bigint, limit: number) => Number(((random >> 32n) * BigInt(limit)) >> 32n);
  const low = (random: bigint, limit: number) => Number(((random & 0xffffffffn) * BigInt(limit)) >> 32n);
  const negativeOf = (user: number, first: number): number => {
    const own = lists[user] ?? [];
    let negative = first;
    for (let draws = 0; own.includes(negative); ) {
      negative = high(next(), numItems);
      if (++draws === 16) {
        const free = [...Array(numItems).keys()].filter((item) => !own.includes(item));
        return free.find((item) => item >= negative) ?? free[0] ?? -1;
      }
    }
    return negative;
  };
  let applied = 0;
  for (let first = 0; first < count; first += 64) {
    const drawn = Array.from({ length: Math.min(64, count - first) }, () => {
      const random = next();
      const entry = high(random, set.items.length);
      return { entry, user: set.owners.view[entry]!, item: set.items.view[entry]!, negative: low(random, numItems) };
    });
    const kept = drawn
      .map((one) => ({ ...one, negative: negativeOf(one.user, one.negative) }))
      .filter(({ negative }) => negative >= 0);
    applied += kept.length;
    for (let at = 0; at < kept.length; at += 4) {
      const group = kept.slice(at, at + 4).map((one) => {
        let margin = biases[one.item]! - biases[one.negative]!;
        for (let i = 0; i < stride; i++)
          margin += users[one.user * stride + i]! * (items[one.item * stride + i]! - items[one.negative * stride + i]!);
        return { ...one, step: (0.1 * (weights?.[one.entry] ?? 1)) / (1 + Math.exp(margin)) };
      });
      for (const { user, item, negative, step } of group) {
        const keep = 1 - 0.1 * 0.02;
        for (let i = 0; i < stride; i++) {
          const [u, p, n] = [user * stride + i, item * stride + i, negative * stride + i];
          const [x, y, z] = [users[u]!, items[p]!, items[n]!];
          users[u] = keep * x + step * (y - z);
          items[p] = keep * y + step * x;
          items[n] = keep * z - step * x;
        }
        if (!withBiases) continue;
        biases[item] = keep * biases[item]! + step;
        biases[negative] = keep * biases[negative]! - step;
      }
    }
  }
  return { users, items, biases, applied };
}

describe("samples of Bayesian personalized ranking", () => {
  const cases = [8, 16, 40].flatMap((stride) =>
    [1, 64, 331].flatMap((count) => [false, true].map((isFull) => ({ stride, count, isFull }))),
  );
  it.each(cases)(
    "move the factors as plain code does: stride $stride, $count samples, weights and biases $isFull",
    (options) => {
      const { stride, count, isFull } = options;
      using memory = new KernelMemory();
      const set = setUp(memory, listsOf(9, 23), 23, stride);
      const weights = isFull ? numbers(set.items.length, 11).map((value) => 1 + value / 2) : undefined;
      const expected = plainSamples(set, weights, isFull, count);
      const values = weights === undefined ? undefined : memory.copyFloat32(weights);
      expect(sample(memory, set, values, isFull, count)).toBe(expected.applied);
      for (const [i, value] of expected.users.entries()) expect(set.userFactors.view[i]).toBeCloseTo(value, 3);
      for (const [i, value] of expected.items.entries()) expect(set.itemFactors.view[i]).toBeCloseTo(value, 3);
      if (isFull) for (const [i, value] of expected.biases.entries()) expect(set.biases.view[i]).toBeCloseTo(value, 3);
    },
  );

  it("stay finite for margins beyond what an exponential can hold", () => {
    using memory = new KernelMemory();
    const set = setUp(memory, listsOf(6, 17), 17, 8);
    set.userFactors.view.fill(1e3);
    set.itemFactors.view.fill(0);
    for (let item = 0; item < 17; item++) set.itemFactors.view[item * 8] = item % 2 === 0 ? 1e6 : -1e6;
    sample(memory, set, undefined, true, 200);
    expect(memory.call("countNonFinite", set.itemFactors.pointer, 0, set.itemFactors.length)).toBe(0);
    expect(memory.call("countNonFinite", set.userFactors.pointer, 0, set.userFactors.length)).toBe(0);
  });

  it("apply none when every user has every item", () => {
    using memory = new KernelMemory();
    const all = [0, 1, 2, 3, 4];
    const set = setUp(memory, [all, all], 5, 8);
    const before = set.itemFactors.view.slice();
    expect(sample(memory, set, undefined, true, 130)).toBe(0);
    expect(set.itemFactors.view).toEqual(before);
  });
});

describe("sampling", () => {
  it("never takes a user's own item as negative, and skips users who have every item", async () => {
    using memory = new KernelMemory();
    const numItems = 9;
    // The first user lacks one item, the second has them all.
    const lists = [
      [0, 1, 2, 3, 4, 5, 7, 8],
      [0, 1, 2, 3, 4, 5, 6, 7, 8],
    ];
    const offsets = memory.copyInt32([0, 8, 17]);
    const items = memory.copyInt32(lists.flat());
    const owners = memory.copyInt32([...Array<number>(8).fill(0), ...Array<number>(9).fill(1)]);
    const filters = memory.allocUint8(24);
    const starts = memory.allocUint32(2);
    starts.view[1] = 8;
    const shifts = memory.allocUint8(2);
    shifts.view.set([26, 25]);
    memory.call("fillFilters", offsets.pointer, items.pointer, filters.pointer, starts.pointer, shifts.pointer, 0, 2);
    const userFactors = memory.copyFloat32(numbers(16, 8));
    const itemFactors = memory.copyFloat32(numbers(8 * numItems, 9));
    const before = itemFactors.view.slice();
    const second = userFactors.view.slice(8);
    const scratch = memory.allocUint8(memory.call("bprScratch") ?? 0);
    scratch.view[0] = 1;
    const fixed = [
      userFactors.pointer,
      itemFactors.pointer,
      0,
      8,
      owners.pointer,
      items.pointer,
      0,
      offsets.pointer,
      17,
      numItems,
    ];
    const applied =
      memory.call("bprSamples", ...fixed, filters.pointer, starts.pointer, shifts.pointer, 0.01, 0, scratch.pointer, 0, 1001) ??
      0;
    expect(applied).toBeGreaterThan(350);
    expect(applied).toBeLessThan(600);
    expect(userFactors.view.slice(8)).toEqual(second);
    const user = userFactors.view.subarray(0, 8);
    const score = (factors: Float32Array, item: number): number =>
      user.reduce((sum, value, i) => sum + value * factors[item * 8 + i]!, 0);
    for (const item of lists[0] ?? []) {
      expect(score(itemFactors.view, item) - score(itemFactors.view, 6)).toBeGreaterThan(
        score(before, item) - score(before, 6),
      );
    }
  });
});
