import { InvalidArgumentError } from "@furze/core";
import { describe, expect, it } from "vitest";
import { SeededRandom } from "./seeded-random.ts";
import { latestSplit, leaveOneOutSplit, randomSplit, type Split, userSplit } from "./split.ts";
import { UserItemMatrix } from "./user-item-matrix.ts";

const random = new SeededRandom(7);
const numEntries = 400;
const matrix = UserItemMatrix.fromTriples({
  numUsers: 41,
  numItems: 30,
  userIndices: Array.from({ length: numEntries }, () => random.nextInt(40)),
  itemIndices: Array.from({ length: numEntries }, () => random.nextInt(30)),
  values: Array.from({ length: numEntries }, () => random.next()),
  timestampsMs: Array.from({ length: numEntries }, () => random.nextInt(5)),
});
const single = UserItemMatrix.fromRows({ numItems: 2, rows: [[1], [], [0, 1]] });

function entries(part: UserItemMatrix): string[] {
  const list: string[] = [];
  for (let user = 0; user < part.numUsers; user++) {
    for (let entry = part.userOffsets[user]!; entry < part.userOffsets[user + 1]!; entry++) {
      list.push(`${user} ${part.itemIndices[entry]} ${part.values?.[entry]} ${part.timestampsMs?.[entry]}`);
    }
  }
  return list;
}

const splits: [string, (seed: number) => Split][] = [
  ["leaveOneOutSplit random", (seed) => leaveOneOutSplit(matrix, { seed })],
  ["leaveOneOutSplit latest", (seed) => leaveOneOutSplit(matrix, { seed, by: "latest" })],
  ["latestSplit", (seed) => latestSplit(matrix, { fraction: 0.2, seed })],
  ["randomSplit", (seed) => randomSplit(matrix, { fraction: 0.2, seed })],
  ["userSplit", (seed) => userSplit(matrix, { fraction: 0.2, seed })],
];

describe.each(splits)("%s", (_name, split) => {
  it("puts every entry with its weight and time on exactly one side", () => {
    const { train, test } = split(1);
    expect([...entries(train), ...entries(test)].sort()).toEqual(entries(matrix).sort());
    expect([train.numUsers, train.numItems, test.numUsers, test.numItems]).toEqual([41, 30, 41, 30]);
    expect(test.numEntries).toBeGreaterThan(0);
  });

  it("depends on the seed alone", () => {
    expect(entries(split(1).test)).toEqual(entries(split(1).test));
    expect(entries(split(1).test)).not.toEqual(entries(split(2).test));
  });
});

describe("leaveOneOutSplit", () => {
  it("takes one entry of each user that has two or more", () => {
    const { train, test } = leaveOneOutSplit(single);
    expect([train.row(0).length, test.row(0).length, test.row(1).length, train.row(2).length, test.row(2).length]).toEqual([
      1, 0, 0, 1, 1,
    ]);
  });

  it("takes an entry with the latest time", () => {
    const { train, test } = leaveOneOutSplit(matrix, { by: "latest" });
    for (let user = 0; user < matrix.numUsers; user++) {
      const kept = train.timestampsMs!.subarray(train.userOffsets[user], train.userOffsets[user + 1]);
      const taken = test.timestampsMs!.subarray(test.userOffsets[user], test.userOffsets[user + 1]);
      if (taken.length > 0) expect(taken[0]).toBeGreaterThanOrEqual(Math.max(...kept));
    }
    expect(() => leaveOneOutSplit(single, { by: "latest" })).toThrow(InvalidArgumentError);
  });
});

describe("latestSplit", () => {
  const sizes = (part: UserItemMatrix): number[] => Array.from({ length: part.numUsers }, (_, user) => part.row(user).length);
  const timesOf = (part: UserItemMatrix, user: number): number[] => [
    ...part.timestampsMs!.subarray(part.userOffsets[user], part.userOffsets[user + 1]),
  ];

  it.each([{ fraction: 0.3 }, { fraction: 1 }, { count: 3 }, { count: 1000 }])("takes each user's newest by %o", (options) => {
    const { train, test } = latestSplit(matrix, options);
    const all = sizes(matrix);
    const wanted = all.map((size) => options.count ?? Math.round(size * (options.fraction ?? 0)));
    expect(sizes(test)).toEqual(all.map((size, user) => Math.max(0, Math.min(wanted[user]!, size - 1))));
    for (let user = 0; user < matrix.numUsers; user++) {
      expect(Math.min(...timesOf(test, user))).toBeGreaterThanOrEqual(Math.max(...timesOf(train, user)));
    }
  });

  it("takes the same one as leaving out the latest where times differ", () => {
    const ordered = UserItemMatrix.fromTriples({
      numUsers: 3,
      numItems: 9,
      userIndices: [0, 0, 0, 1, 1, 2],
      itemIndices: [5, 1, 8, 3, 0, 4],
      timestampsMs: [30, 10, 20, 2, 1, 7],
    });
    const { train, test } = latestSplit(ordered, { count: 1 });
    expect(entries(test)).toEqual(entries(leaveOneOutSplit(ordered, { by: "latest" }).test));
    expect([[...test.row(0)], [...test.row(1)], [...test.row(2)], [...train.row(2)]]).toEqual([[5], [3], [], [4]]);
  });

  it("moves nothing for a fraction or a count of 0, nor of an empty matrix", () => {
    expect(latestSplit(matrix, { fraction: 0 }).test.numEntries).toBe(0);
    expect(latestSplit(matrix, { count: 0 }).test.numEntries).toBe(0);
    const empty = UserItemMatrix.fromTriples({ numUsers: 2, numItems: 1, userIndices: [], itemIndices: [], timestampsMs: [] });
    expect(latestSplit(empty, { count: 2 }).train.numEntries).toBe(0);
  });

  it("refuses a matrix without times, and options that do not fit", () => {
    for (const [path, options] of [
      ["fraction", {}],
      ["fraction", { fraction: 0.1, count: 1 }],
      ["fraction", { fraction: -0.1 }],
      ["fraction", { fraction: Number.NaN }],
      ["count", { count: -1 }],
      ["count", { count: 0.5 }],
    ] as const) {
      expect(() => latestSplit(matrix, options)).toThrow(expect.objectContaining({ path }));
    }
    expect(() => latestSplit(single, { count: 1 })).toThrow(expect.objectContaining({ path: "matrix" }));
  });
});

describe("randomSplit and userSplit", () => {
  it("take exactly the rounded share", () => {
    expect(randomSplit(matrix, { fraction: 0.25 }).test.numEntries).toBe(Math.round(matrix.numEntries * 0.25));
    expect(randomSplit(matrix, { fraction: 1 }).train.numEntries).toBe(0);
    const { train, test } = userSplit(matrix, { fraction: 0.5 });
    for (let user = 0; user < 41; user++) expect(train.row(user).length * test.row(user).length).toBe(0);
    expect(() => randomSplit(matrix, { fraction: 1.1 })).toThrow(InvalidArgumentError);
    expect(() => userSplit(matrix, { fraction: Number.NaN })).toThrow(InvalidArgumentError);
  });
});

describe("SeededRandom", () => {
  it("is uniform over a range that does not divide 2^32", () => {
    const generator = new SeededRandom(3);
    const counts = new Float64Array(7);
    for (let i = 0; i < 70_000; i++) counts[generator.nextInt(7)]!++;
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(500);
  });

  it("fills arrays of even and odd length with normal numbers", () => {
    for (const length of [20_000, 20_001]) {
      const numbers = new Float32Array(length);
      new SeededRandom(5).fillNormal(numbers, 3);
      const mean = numbers.reduce((sum, value) => sum + value, 0) / length;
      const variance = numbers.reduce((sum, value) => sum + (value - mean) ** 2, 0) / length;
      const within = numbers.filter((value) => Math.abs(value) < 3).length / length;
      expect([Math.abs(mean) < 0.1, Math.abs(variance - 9) < 0.3, Math.abs(within - 0.6827) < 0.015]).toEqual([
        true,
        true,
        true,
      ]);
      expect(numbers.at(-1)).not.toBe(0);
    }
  });

  it("tells seeds apart beyond 32 bits and refuses fractions", () => {
    expect(new SeededRandom(1).next()).not.toBe(new SeededRandom(1 + 2 ** 32).next());
    expect(() => new SeededRandom(0.5)).toThrow(InvalidArgumentError);
  });
});
