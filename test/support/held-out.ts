import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const MOVIELENS: string = fileURLToPath(new URL("../../examples/movielens-small", import.meta.url));

export interface HeldOut {
  /** Folder with the ratings that are left to learn from. */
  readonly folder: string;
  /** The last film that each user liked. */
  readonly lastLiked: ReadonlyMap<string, string>;
  /** All that each user has rated in the folder. */
  readonly rated: ReadonlyMap<string, ReadonlySet<string>>;
}

/**
 * Takes the last film that each user liked (four stars or more), and whatever he rated after it, out of MovieLens-small.
 * Users with fewer than two liked films keep theirs.
 */
export function holdOutLastLiked(folder: string): HeldOut {
  mkdirSync(folder, { recursive: true });
  for (const file of ["movies.csv", "tags.csv", "links.csv"]) copyFileSync(join(MOVIELENS, file), join(folder, file));
  const [header = "", ...lines] = readFileSync(join(MOVIELENS, "ratings.csv"), "utf8").trimEnd().split("\n");
  const rows = lines.map((line) => {
    const [userId = "", itemId = "", rating, timestamp] = line.split(",");
    return { line, userId, itemId, rating: Number(rating), timestamp: Number(timestamp) };
  });
  const lastLiked = new Map<string, string>();
  const rated = new Map<string, Set<string>>();
  const kept: string[] = [];
  for (const [userId, mine] of Map.groupBy(rows, (row) => row.userId)) {
    const inTime = mine.toSorted((a, b) => a.timestamp - b.timestamp || (a.line < b.line ? -1 : 1));
    const liked = inTime.filter((row) => row.rating >= 4);
    const last = liked.length < 2 ? undefined : liked.at(-1);
    if (last !== undefined) lastLiked.set(userId, last.itemId);
    const left = last === undefined ? inTime : inTime.slice(0, inTime.indexOf(last));
    rated.set(userId, new Set(left.map((row) => row.itemId)));
    kept.push(...left.map((row) => row.line));
  }
  writeFileSync(join(folder, "ratings.csv"), `${[header, ...kept].join("\n")}\n`);
  return { folder, lastLiked, rated };
}

/** NDCG@10 with one relevant item a user, averaged over the users. */
export function ndcgAt10(lists: ReadonlyMap<string, readonly string[]>, relevant: ReadonlyMap<string, string>): number {
  let sum = 0;
  for (const [userId, itemId] of relevant) {
    const place = lists.get(userId)?.slice(0, 10).indexOf(itemId) ?? -1;
    if (place >= 0) sum += 1 / Math.log2(place + 2);
  }
  return sum / relevant.size;
}
