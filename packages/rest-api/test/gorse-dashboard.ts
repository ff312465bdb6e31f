import { readFileSync } from "node:fs";
import type { ListPut, TimeSeriesPoint } from "@furze/storage";
import type { RecordedAnswer } from "./gorse-answers.ts";

/** What the master of Gorse v0.5.11 answered on MovieLens-100K. */
export const recordedByMaster: readonly RecordedAnswer[] = JSON.parse(
  readFileSync(new URL("gorse-dashboard-answers.json", import.meta.url), "utf8"),
);

interface Scored {
  readonly ItemId?: string;
  readonly UserId?: string;
  readonly Score: number;
}

interface Row {
  readonly Item: { readonly ItemId: string };
}

const answerOf = <T>(name: string): T => {
  const answer = recordedByMaster.find((one) => one.name === name);
  if (answer === undefined) throw new RangeError(`no answer ${name} is recorded`);
  return JSON.parse(answer.text) as T;
};

const LISTS_OF_ITEMS = [
  "dashboard-latest",
  "dashboard-recommend",
  "dashboard-nonp",
  "dashboard-recommend-i2i",
  "dashboard-i2i",
];

/** Categories by how many items have them: more than the recorded lists show, so that the recorded order comes out. */
function categorized(known: readonly object[]): object[] {
  const counts = new Map<string, number>();
  for (const item of known) {
    for (const category of (Reflect.get(item, "Categories") as string[] | null) ?? []) {
      counts.set(category, (counts.get(category) ?? 0) + 1);
    }
  }
  const categories = answerOf<string[]>("dashboard-categories");
  return categories.flatMap((category, place) => {
    const missing = 40 - 2 * place - (counts.get(category) ?? 0);
    return Array.from({ length: missing }, (_, copy) => ({ ItemId: `${category}-${copy}`, Categories: [category] }));
  });
}

/** Requests that insert the rows which the answers show. */
export function masterInsertions(): [path: string, rows: object[]][] {
  const users = [
    answerOf<object>("dashboard-user"),
    ...answerOf<{ Users: object[] }>("dashboard-users").Users,
    ...answerOf<object[]>("dashboard-u2u"),
    // The next page starts with this one.
    { UserId: "101" },
  ];
  const history = [...answerOf<Row[]>("dashboard-user-feedback"), ...answerOf<Row[]>("dashboard-user-feedback-typed")];
  const items = [...LISTS_OF_ITEMS.flatMap((name) => answerOf<object[]>(name)), ...history.map((row) => row.Item)];
  const unique = [...new Map(items.map((item) => [Reflect.get(item, "ItemId"), item])).values()];
  const active = answerOf<{ Users: { UserId: string; LastActiveTime: string }[] }>("dashboard-users").Users;
  const feedback = [
    ...history.map((row) => ({ ...row, ItemId: row.Item.ItemId })),
    // What a user did last: of a type that no recorded answer shows.
    ...active.map(({ UserId, LastActiveTime: Timestamp }) => ({ FeedbackType: "open", UserId, ItemId: "50", Timestamp })),
  ];
  return [
    ["/api/users", users],
    ["/api/items", [...unique, ...categorized(unique)]],
    ["/api/feedback", feedback],
  ];
}

/** Lists of the cache from which the answers come. */
export function masterLists(expiresMs: number): ListPut[] {
  const put = (collection: string, name: string, answer: string, updatedMs: number): ListPut => {
    const entries = answerOf<Scored[]>(answer).map(({ ItemId, UserId, Score }) => {
      return { id: ItemId ?? UserId ?? "", score: Score, categories: [], sources: [] };
    });
    return { collection, name, expiresMs, list: { entries, updatedMs, digest: "", modelId: "" } };
  };
  const made = (answer: string): number => {
    const time = recordedByMaster.find((one) => one.name === answer)?.lastModified ?? "";
    return Date.parse(time.replace("UTC", "GMT"));
  };
  const users = answerOf<{ Users: { UserId: string; LastUpdateTime: string }[] }>("dashboard-users").Users;
  return [
    put("non-personalized/popular", "", "dashboard-nonp", made("dashboard-nonp")),
    put("item-to-item/neighbors", "50", "dashboard-i2i", made("dashboard-i2i")),
    put("user-to-user/neighbors", "1", "dashboard-u2u", made("dashboard-u2u")),
    // One liked item has the neighbors whose scores Gorse summed over all liked items.
    put("item-to-item/neighbors", "256", "dashboard-recommend-i2i", 0),
    ...users.map(({ UserId, LastUpdateTime }) => put("recommend", UserId, "dashboard-recommend", Date.parse(LastUpdateTime))),
  ];
}

/** Points behind the recorded time series. */
export function masterPoints(timestampMs: number): TimeSeriesPoint[] {
  const answers = recordedByMaster.filter(({ path }) => path.startsWith("/api/dashboard/timeseries/"));
  const points = answers.flatMap(({ text }) => JSON.parse(text) as { Name: string; Value: number }[]);
  return points.map(({ Name, Value }) => ({ name: Name, timestampMs, value: Value }));
}
