import { expect, it } from "vitest";
import { LeasedLists } from "./leased-lists.ts";

/** Lists of the numbers below each key, and the keys asked for in each load. */
function counted(capacity?: number): { lists: LeasedLists<number>; asked: number[][] } {
  const asked: number[][] = [];
  const lists = new LeasedLists<number>({
    load: async (keys) => {
      asked.push([...keys]);
      return keys.map((key) => ({
        items: Int32Array.from({ length: key }, (_, place) => place),
        scores: Float32Array.from({ length: key }, (_, place) => key + place / 2),
      }));
    },
    capacity,
  });
  return { lists, asked };
}

it("loads what is missing at one stroke, once", async () => {
  const { lists, asked } = counted();
  using first = await lists.lease([[3, 1], Int32Array.of(1, 0)]);
  using second = await lists.lease([[1, 5]]);
  expect(asked).toEqual([[3, 1, 0], [5]]);
  const lengths = first.chosen.map((numbers) => Array.from(numbers, (number) => first.arena.at(number).items.length));
  expect(lengths).toEqual([
    [3, 1],
    [1, 0],
  ]);
  expect(second.chosen[0]?.[0]).toBe(first.chosen[0]?.[1]);
  expect(() => first.arena.at(99)).toThrow(RangeError);
});

it("has the lists in kernel memory as they are, however many come later", async () => {
  const { lists } = counted();
  using first = await lists.lease([[3]]);
  const before = first.arena.inMemory();
  using second = await lists.lease([Array.from({ length: 40 }, (_, key) => key)]);
  const { memory, table } = second.arena.inMemory();
  expect(memory).toBe(before.memory);
  const words = new Uint32Array(memory.region.buffer, table, 3 * second.arena.size);
  for (let key = 0; key < 40; key++) {
    const number = second.chosen[0]?.[key] ?? -1;
    const [items = 0, scores = 0, length = 0] = words.subarray(3 * number);
    const list = second.arena.at(number);
    expect([...new Int32Array(memory.region.buffer, items, length)]).toEqual([...Array(key).keys()]);
    expect([...new Float32Array(memory.region.buffer, scores, length)]).toEqual([...(list.scores ?? [])]);
    expect(list.scores?.[0]).toBe(key === 0 ? undefined : key);
  }
});

it("gives memory back when the last lease of forgotten lists ends, not before", async () => {
  const { lists, asked } = counted();
  const held = await lists.lease([[2]]);
  const also = await lists.lease([[2]]);
  const { memory } = held.arena.inMemory();
  lists.forget();
  held[Symbol.dispose]();
  expect(memory.isDisposed).toBe(false);
  expect([...also.arena.at(also.chosen[0]?.[0] ?? -1).items]).toEqual([0, 1]);
  also[Symbol.dispose]();
  expect(memory.isDisposed).toBe(true);
  const anew = await lists.lease([[2]]);
  expect(anew.arena).not.toBe(held.arena);
  expect(asked).toEqual([[2], [2]]);
  const free = anew.arena.inMemory().memory;
  anew[Symbol.dispose]();
  expect(free.isDisposed).toBe(false);
  lists.forget();
  expect(free.isDisposed).toBe(true);
});

it("forgets all when it is full, and holds nothing of a load that fails", async () => {
  const { lists, asked } = counted(2);
  for (const key of [1, 2, 3]) (await lists.lease([[key]]))[Symbol.dispose]();
  (await lists.lease([[1]]))[Symbol.dispose]();
  expect(asked).toEqual([[1], [2], [3], [1]]);
  const failing = new LeasedLists<number>({ load: () => Promise.reject(new Error("no store")) });
  await expect(failing.lease([[1]])).rejects.toThrow("no store");
});
