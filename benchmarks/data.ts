import { existsSync, readFileSync } from "node:fs";
import { SeededRandom, UserItemMatrix } from "@furze/dataset";

/** Data for one benchmark. */
export interface BenchData {
  /** "movielens-1m", or "generated" where that is absent. */
  readonly name: string;
  readonly train: UserItemMatrix;
  readonly test: UserItemMatrix;
  /** Both together. */
  readonly full: UserItemMatrix;
}

const folder = new URL("../../shared/data/movielens-1m/", import.meta.url);
const NUM_USERS = 6040;
const NUM_ITEMS = 3706;
const NUM_ENTRIES = 1_000_209;
const TEST_SHARE = 0.2;

let loaded: BenchData | undefined;

/** MovieLens-1M where present, else seeded data of the same size and a similar skew. */
export function movieLens1M(): BenchData {
  loaded ??= existsSync(folder) ? readPairs() : generate();
  return loaded;
}

/** All pairs of MovieLens-100K, or nothing where it is absent. */
export function movieLens100K(): { readonly data: string; readonly matrix: UserItemMatrix }[] {
  const file = new URL("../../shared/data/movielens-100k/ml-100k.inter", import.meta.url);
  if (!existsSync(file)) return [];
  const pairs = readFileSync(file, "utf8").trimEnd().split("\n").slice(1);
  const users = new Map<string, number>();
  const items = new Map<string, number>();
  const indexOf = (map: Map<string, number>, id: string): number => {
    const index = map.get(id) ?? map.size;
    map.set(id, index);
    return index;
  };
  const userIndices = pairs.map((line) => indexOf(users, line.split("\t")[0] ?? ""));
  const itemIndices = pairs.map((line) => indexOf(items, line.split("\t")[1] ?? ""));
  const matrix = UserItemMatrix.fromTriples({ numUsers: users.size, numItems: items.size, userIndices, itemIndices });
  return [{ data: "movielens-100k", matrix }];
}

/** Lines of `user item item ...`; item numbers have gaps, which are closed. */
function readPairs(): BenchData {
  const itemIndices = new Map<number, number>();
  const read = (file: string): number[][] => {
    const rows: number[][] = Array.from({ length: NUM_USERS }, () => []);
    for (const line of readFileSync(new URL(file, folder), "utf8").split("\n")) {
      if (line === "") continue;
      const [user = 0, ...items] = line.split(" ").map(Number);
      rows[user] = items.map((item) => {
        const index = itemIndices.get(item) ?? itemIndices.size;
        itemIndices.set(item, index);
        return index;
      });
    }
    return rows;
  };
  const train = read("train.txt");
  const test = read("test.txt");
  return assemble("movielens-1m", train, test, itemIndices.size);
}

/** Users and items of ten tastes; activity and popularity fall off as a power. */
function generate(): BenchData {
  const random = new SeededRandom(1);
  const tastes = 10;
  const train: number[][] = [];
  const test: number[][] = [];
  const scale = NUM_ENTRIES / NUM_USERS / 2.2;
  for (let user = 0; user < NUM_USERS; user++) {
    const wanted = Math.min(NUM_ITEMS / 2, Math.max(20, Math.round(scale * random.next() ** -0.55)));
    const items = new Set<number>();
    while (items.size < wanted) {
      const popular = Math.floor(NUM_ITEMS * random.next() ** 2.2);
      const own = popular - (popular % tastes) + (user % tastes);
      items.add(Math.min(NUM_ITEMS - 1, random.next() < 0.6 ? own : popular));
    }
    const held = [...items].filter(() => random.next() < TEST_SHARE);
    const heldSet = new Set(held);
    train.push([...items].filter((item) => !heldSet.has(item)));
    test.push(held);
  }
  return assemble("generated", train, test, NUM_ITEMS);
}

function assemble(name: string, train: number[][], test: number[][], numItems: number): BenchData {
  const matrix = (rows: number[][]): UserItemMatrix => UserItemMatrix.fromRows({ numItems, rows });
  return {
    name,
    train: matrix(train),
    test: matrix(test),
    full: matrix(train.map((row, user) => [...row, ...(test[user] ?? [])])),
  };
}
