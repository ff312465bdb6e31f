import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Feedback, Item, User } from "@furze/core";
import { readMovieLens } from "@furze/dataset/readers";

const ML_100K = new URL("../../../shared/data/movielens-100k/", import.meta.url);
const ML_SMALL = new URL("../../examples/movielens-small/", import.meta.url);

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
    feedback: rows("ml-100k.inter").map(([userId = "", itemId = "", rating, timestamp]): Feedback => {
      const timestampMs = Number(timestamp) * 1000;
      return {
        feedbackType: "rating",
        userId,
        itemId,
        value: Number(rating),
        timestampMs,
        updatedMs: timestampMs,
        comment: "",
      };
    }),
  };
}
