import { SeededRandom, UserItemMatrix } from "@furze/dataset";
import { expect, it } from "vitest";
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

it("draws only what users have not seen, as many as are wanted, and nothing for those who have seen all", () => {
  const random = new SeededRandom(1);
  for (let seed = 0; seed < 200; seed++) {
    // Role of each item for each user: 0 unseen, 1 positive, 2 negative, 3 read.
    const users = Array.from({ length: 1 + random.nextInt(8) }, () =>
      Array.from({ length: NUM_ITEMS }, () => random.nextInt(4)),
    );
    const perPositive = random.nextInt(4);
    const { userIndices, itemIndices } = drawUnseenPairs(matricesOf(users), perPositive, seed);
    for (const [place, user] of userIndices.entries()) expect(users[user]?.[itemIndices[place] ?? -1]).toBe(0);
    for (const [user, row] of users.entries()) {
      const wanted = row.includes(0) ? perPositive * row.filter((role) => role === 1).length : 0;
      expect(userIndices.filter((other) => other === user).length).toBe(wanted);
    }
  }
});

it("draws every unseen item as often as the others, and the same for a seed", () => {
  const users = Array.from({ length: 3000 }, () => [1, 0, 0, 3, 0, 2]);
  const { itemIndices } = drawUnseenPairs(matricesOf(users), 1, 4);
  const counts = [1, 2, 4].map((item) => itemIndices.filter((other) => other === item).length);
  // 1000 expected of each, standard deviation 26.
  for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(130);
  expect(drawUnseenPairs(matricesOf(users), 1, 4).itemIndices).toEqual(itemIndices);
  expect(drawUnseenPairs(matricesOf(users), 1, 5).itemIndices).not.toEqual(itemIndices);
});
