import { SeededRandom, UserItemMatrix } from "@furze/dataset";
import { expect, it } from "vitest";
import { Turns } from "./turns.ts";
import { drawUnseenPairs } from "./unseen-pairs.ts";

const NUM_ITEMS = 6;

const matricesOf = (users: readonly (readonly number[])[]) => {
  const matrix = (role: number) =>
    UserItemMatrix.fromRows({
      numItems: NUM_ITEMS,
      rows: users.map((row) => [...row.keys()].filter((item) => row[item] === role)),
    });
  return { positive: matrix(1), negative: matrix(2), read: matrix(3) };
};

it("draws only what users have not seen, as many as are wanted, and nothing for those who have seen all", async () => {
  const random = new SeededRandom(1);
  for (let seed = 0; seed < 200; seed++) {
    // Role of each item for each user: 0 unseen, 1 positive, 2 negative, 3 read.
    const users = Array.from({ length: 1 + random.nextInt(8) }, () =>
      Array.from({ length: NUM_ITEMS }, () => random.nextInt(4)),
    );
    const perPositive = random.nextInt(4);
    const { userIndices, itemIndices } = await drawUnseenPairs(matricesOf(users), { perPositive, seed, turns: new Turns({}) });
    for (const [place, user] of userIndices.entries()) expect(users[user]?.[itemIndices[place] ?? -1]).toBe(0);
    for (const [user, row] of users.entries()) {
      const wanted = row.includes(0) ? perPositive * row.filter((role) => role === 1).length : 0;
      expect(userIndices.filter((other) => other === user).length).toBe(wanted);
    }
  }
});

it("draws items as often as the root of their likes says, and the same for a seed", async () => {
  // Items 0, 1 and 2 are liked by 3000, 300 and 1000 users; half of the users have seen none of 3, 4 and 5, the others have seen 5.
  const users = Array.from({ length: 3000 }, (_, u) => [
    1,
    u % 10 === 0 ? 1 : 0,
    u % 3 === 0 ? 1 : 0,
    0,
    0,
    u % 2 === 0 ? 3 : 0,
  ]);
  const draw = (seed: number) => drawUnseenPairs(matricesOf(users), { perPositive: 20, seed, turns: new Turns({}) });
  const { userIndices, itemIndices } = await draw(4);
  const counts = new Float64Array(NUM_ITEMS);
  // Users for whom items 1 to 5 are all unseen.
  for (const [place, user] of userIndices.entries())
    if (user % 10 !== 0 && user % 3 !== 0 && user % 2 === 1)
      counts[itemIndices[place] ?? 0] = (counts[itemIndices[place] ?? 0] ?? 0) + 1;
  const weights = [300.2, 1000.2, 0.2, 0.2, 0.2].map(Math.sqrt);
  const total = counts.reduce((sum, count) => sum + count, 0);
  const weight = weights.reduce((sum, value) => sum + value, 0);
  for (const [item, value] of weights.entries()) {
    const expected = (total * value) / weight;
    expect(Math.abs((counts[item + 1] ?? 0) - expected)).toBeLessThan(5 * Math.sqrt(expected) + 1);
  }
  expect((await draw(4)).itemIndices).toEqual(itemIndices);
  expect((await draw(5)).itemIndices).not.toEqual(itemIndices);
});
