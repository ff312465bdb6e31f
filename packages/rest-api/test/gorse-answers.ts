import { readFileSync } from "node:fs";
import type { ListEntry, ListPut } from "@furze/storage";

export interface RecordedAnswer {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  readonly status: number;
  readonly contentType: string | null;
  readonly lastModified: string | null;
  readonly text: string;
}

type Score = readonly [id: string, score: number];

const read = (file: string): string => readFileSync(new URL(file, import.meta.url), "utf8");

/** What Gorse v0.5.11 answered, in this order, on MovieLens-100K. */
export const recorded: readonly RecordedAnswer[] = JSON.parse(read("gorse-answers.json"));

/**
 * Categories and release of the items in recorded lists, by id. Those of the newest date that only rankings show are left out: Gorse lists items
 * of one time in the order of its database.
 */
const catalog = new Map(
  read("gorse-items.tsv")
    .trimEnd()
    .split("\n")
    .map((line) => {
      const [itemId = "", date = "", categories = ""] = line.split("\t");
      return [itemId, { date, categories: categories.split("|") }] as const;
    }),
);

const find = (name: string): RecordedAnswer => {
  const answer = recorded.find((one) => one.name === name);
  if (answer === undefined) throw new RangeError(`no answer ${name} is recorded`);
  return answer;
};
const answerOf = <T>(name: string): T => JSON.parse(find(name).text) as T;
const rowsOf = (name: string, list: string): object[] => answerOf<Record<string, object[]>>(name)[list] ?? [];
const scoresOf = (name: string): Score[] => answerOf<{ Id: string; Score: number }[]>(name).map(({ Id, Score }) => [Id, Score]);
const timeOf = (name: string): number => Date.parse((find(name).lastModified ?? "").replace("UTC", "GMT"));

/** Requests that insert the rows which the answers show. */
export function insertions(): [path: string, rows: object[]][] {
  const users = [answerOf<object>("user"), ...rowsOf("users", "Users"), ...rowsOf("users-page2", "Users")];
  const items = [answerOf<object>("item"), ...rowsOf("items", "Items"), ...rowsOf("items-page2", "Items")];
  const listed = [...catalog].map(([ItemId, { date, categories }]) => ({ ItemId, Timestamp: date, Categories: categories }));
  const feedback = [
    ...rowsOf("feedback", "Feedback"),
    ...rowsOf("feedback-page2", "Feedback"),
    ...answerOf<object[]>("item-feedback"),
    ...answerOf<object[]>("user-feedback-typed"),
  ];
  return [
    // Of rows with one id in a request the first counts; some ids stand in cursors only.
    ["/api/users", [...users, { UserId: "104" }, { UserId: "2" }]],
    ["/api/items", [...items, ...listed, { ItemId: "1003" }]],
    ["/api/feedback", feedback.filter((row, place) => place === feedback.findIndex((other) => isSameKey(row, other)))],
  ];
}

const isSameKey = (a: object, b: object): boolean =>
  ["FeedbackType", "UserId", "ItemId"].every((key) => Reflect.get(a, key) === Reflect.get(b, key));

/** Lists of the cache from which the recommender gives the recorded answers. */
export function storedLists(expiresMs: number): ListPut[] {
  const scores = new Map([...scoresOf("recommend-v2-scores"), ...scoresOf("collaborative"), ...scoresOf("collaborative-cat")]);
  const ranked = answerOf<string[]>("recommend-n200").map((itemId): Score => [itemId, scores.get(itemId) ?? 0]);
  const ofItem50 = [...scoresOf("item-to-item"), ...scoresOf("item-neighbors-cat")];
  const put = (collection: string, name: string, rows: readonly Score[], updatedMs: number): ListPut => {
    return { collection, name, expiresMs, list: { entries: rows.map(entryOf), updatedMs, digest: "", modelId: "" } };
  };
  return [
    put("recommend", "1", ranked, timeOf("collaborative")),
    put(
      "recommend",
      "2",
      answerOf<string[]>("recommend-writeback").map((itemId): Score => [itemId, 1]),
      0,
    ),
    put("non-personalized/popular", "", scoresOf("non-personalized"), timeOf("non-personalized")),
    put("non-personalized/popular", "Comedy", scoresOf("non-personalized-cat"), timeOf("non-personalized-cat")),
    put("item-to-item/neighbors", "50", ofItem50, timeOf("item-to-item")),
    put("item-to-item/tags", "50", scoresOf("item-to-item-tags"), timeOf("item-to-item-tags")),
    put("item-to-item/neighbors", "172", restOfSession(ofItem50), timeOf("item-to-item")),
    put("user-to-user/neighbors", "1", scoresOf("user-to-user"), timeOf("user-to-user")),
  ];
}

/** What the other items of the recorded session add to the scores of its recommendations. */
function restOfSession(first: readonly Score[]): Score[] {
  const known = new Map(first);
  return scoresOf("session-recommend-cat").map(([itemId, score]) => [itemId, score - (known.get(itemId) ?? 0)]);
}

function entryOf([id, score]: Score): ListEntry {
  return { id, score, categories: catalog.get(id)?.categories ?? [], sources: [] };
}
