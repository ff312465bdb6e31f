import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Feedback, Item, User } from "@furze/core";
import { readMovieLens } from "@furze/dataset/readers";
import type { DataStore } from "@furze/storage";
import { movieLens1M } from "./data.ts";

const ML_100K = new URL("../../shared/data/movielens-100k/", import.meta.url);
const ML_SMALL = new URL("../examples/movielens-small/", import.meta.url);

export interface MovieLens {
  readonly name: string;
  readonly users: readonly User[];
  readonly items: readonly Item[];
  readonly feedback: readonly Feedback[];
}

/** MovieLens-100K where it is at hand, else the small set of the examples: both have 100,000 ratings. */
export async function movieLens(): Promise<MovieLens> {
  if (existsSync(ML_100K)) return { name: "movielens-100k", ...movieLens100K() };
  const { users, items, feedback } = readMovieLens(fileURLToPath(ML_SMALL));
  return { name: "movielens-small", users: await all(users), items: await all(items), feedback: await all(feedback) };
}

/** The pairs of MovieLens-1M as ratings that all count as likes, one a second: nothing is known of its users and items but who rated what. */
export function movieLens1MRecords(): MovieLens {
  const { name, full } = movieLens1M();
  const startMs = Date.UTC(2001, 0, 1);
  const feedback: Feedback[] = [];
  for (let user = 0; user < full.numUsers; user++) {
    for (const itemIndex of full.itemIndices.subarray(full.userOffsets[user], full.userOffsets[user + 1])) {
      feedback.push(rating(`${user}`, `${itemIndex}`, 5, startMs + feedback.length * 1000));
    }
  }
  const items = Array.from({ length: full.numItems }, (_, index): Item => {
    return { itemId: `${index}`, isHidden: false, categories: [], timestampMs: startMs + index, labels: null, comment: "" };
  });
  const users = Array.from({ length: full.numUsers }, (_, index): User => ({ userId: `${index}`, labels: null, comment: "" }));
  return { name, users, items, feedback };
}

/** Writes all records in batches of some thousand. */
export async function fillWith({ users, items, feedback }: MovieLens, store: DataStore): Promise<void> {
  const rowsPerCall = 20_000;
  await store.users.upsert(users);
  await store.items.upsert(items);
  for (let start = 0; start < feedback.length; start += rowsPerCall) {
    await store.feedback.upsert(feedback.slice(start, start + rowsPerCall), { mode: "overwrite" });
  }
}

function rating(userId: string, itemId: string, value: number, timestampMs: number): Feedback {
  return { feedbackType: "rating", userId, itemId, value, timestampMs, updatedMs: timestampMs, comment: "" };
}

async function all<Row>(batches: AsyncIterable<readonly Row[]>): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const batch of batches) rows.push(...batch);
  return rows;
}

function movieLens100K(): Omit<MovieLens, "name"> {
  const rows = (file: string): string[][] =>
    readFileSync(new URL(file, ML_100K), "utf8")
      .trimEnd()
      .split("\n")
      .slice(1)
      .map((line) => line.split("\t"));
  return {
    users: rows("ml-100k.user").map(([userId = "", , gender = "", occupation = ""]): User => {
      return { userId, labels: { gender, occupation }, comment: "" };
    }),
    items: rows("ml-100k.item").map(([itemId = "", title = "", year = "", genres = ""]): Item => {
      const categories = genres.split(" ");
      const timestampMs = Date.UTC(Number(year) || 1970);
      return { itemId, isHidden: false, categories, timestampMs, labels: { genres: categories }, comment: title };
    }),
    feedback: rows("ml-100k.inter").map(([userId = "", itemId = "", value, timestamp]) =>
      rating(userId, itemId, Number(value), Number(timestamp) * 1000),
    ),
  };
}
