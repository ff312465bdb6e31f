import { readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type ClickModel, decodeClickModel } from "@furze/recommend";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { TestSystem } from "./support/system.ts";

/** The newest films alone are candidates, so that what the ranker does with them is plain to see. */
const CONFIG = `
[master]
n_jobs = 2
meta_timeout = "1s"

[recommend]
cache_size = 60

[recommend.data_source]
positive_feedback_types = ["like"]
read_feedback_types = ["view"]

[recommend.collaborative]
type = "mf"
fit_epoch = 5

[recommend.ranker]
type = "fm"
recommenders = ["latest"]
fit_epoch = 60

[recommend.ranker.early_stopping]
patience = 10

[recommend.fallback]
recommenders = []
`;

interface Row {
  readonly Id: string;
  readonly Score: number;
  readonly Sources: readonly string[];
}

const TASTES = ["comedy", "drama"];
const NUM_USERS = 60;
const NUM_FILMS = 80;
const isLiked = (user: number, film: number): boolean => user % 2 === film % 2;
const isSeen = (user: number, film: number): boolean => (user * 11 + film * 7) % 5 < 2;

const system = new TestSystem();
let model: ClickModel;

const listOf = (userId: string) => system.get<Row[]>(`/api/recommend/${userId}?n=20&details=true`);
const stored = (userId: string) => system.get<{ Id: string; Score: number }[]>(`/api/intermediate/recommend/${userId}?n=20`);
const ids = (rows: readonly { Id: string }[]): string[] => rows.map((row) => row.Id);
const tasteOf = (itemId: string): string | undefined => TASTES[Number(itemId.slice(1)) % 2];

/** Scores that the model gives films for somebody with these labels or this id. */
function scoresOf(user: { userId?: string; labels?: { taste: string } }, films: readonly string[]): number[] {
  const { ranker } = model;
  const indices = films.map((film) => ranker.space.itemIds.indexOf(film));
  const userIndex = user.userId === undefined ? -1 : ranker.space.userIds.indexOf(user.userId);
  return [...ranker.scoreItems(userIndex < 0 ? ranker.describedUserVector(user) : ranker.userVector(userIndex), indices)];
}

async function insert(path: string, rows: readonly object[]): Promise<void> {
  const response = await system.post(path, rows);
  if (response.status !== 200) throw new Error(`POST ${path}: ${response.status} ${await response.text()}`);
}

/** Where the master keeps the current click model. */
function modelFile(): string {
  const folder = join(system.folder, "models");
  const [name = ""] = readdirSync(folder).filter((file) => file.startsWith("click-"));
  return join(folder, name);
}

beforeAll(async () => {
  await system.start(CONFIG);
  const users = Array.from({ length: NUM_USERS }, (_, u) => ({ UserId: `u${u}`, Labels: { taste: TASTES[u % 2] } }));
  const films = Array.from({ length: NUM_FILMS }, (_, i) => ({
    ItemId: `f${i}`,
    Labels: { genre: TASTES[i % 2], minutes: 80 + i },
    Timestamp: new Date(Date.UTC(2020, 0, 1 + i)).toISOString(),
  }));
  await insert("/api/users", users);
  await insert("/api/items", films);
  const feedback = users.flatMap(({ UserId }, u) =>
    films.flatMap(({ ItemId }, i) =>
      isSeen(u, i)
        ? [{ FeedbackType: isLiked(u, i) ? "like" : "view", UserId, ItemId, Timestamp: "2024-01-01T00:00:00Z" }]
        : [],
    ),
  );
  await insert("/api/feedback", feedback);
  await system.train();
  model = decodeClickModel(readFileSync(modelFile()));
});

afterAll(async () => {
  model?.ranker.dispose();
  await system.stop();
});

describe("a system that ranks by a factorization machine", () => {
  it("shows the fit among its tasks, and how good the model is", async () => {
    const task = (await system.tasks()).find(({ Name }) => Name === "Train Click-Through Rate Prediction Model");
    expect(task?.Status).toBe("Complete");
    const points = await system.get<{ Value: number }[]>("/api/measurements/ctr_auc?n=9");
    expect(points[0]?.Value).toBeGreaterThan(0.7);
  });

  it("orders every user's candidates by the scores of the model that the master has published", async () => {
    for (const userId of ["u0", "u1", "u17", "u42"]) {
      const rows = await listOf(userId);
      expect(rows.length).toBe(20);
      const scores = scoresOf({ userId }, ids(rows));
      for (const [place, { Score }] of rows.entries()) {
        expect(Score).toBeCloseTo(scores[place] ?? Number.NaN, 4);
        expect(Score).toBeLessThanOrEqual(rows[place - 1]?.Score ?? Number.POSITIVE_INFINITY);
      }
      expect(new Set(rows.flatMap(({ Sources }) => Sources))).toEqual(new Set(["latest"]));
      const newestFirst = ids(rows).toSorted((a, b) => Number(b.slice(1)) - Number(a.slice(1)));
      expect(ids(rows)).not.toEqual(newestFirst);
      const own = ids(rows)
        .slice(0, 10)
        .filter((film) => tasteOf(film) === TASTES[Number(userId.slice(1)) % 2]);
      expect(own.length).toBe(10);
    }
  });

  it("ranks for a user who has just come by what he says of himself", async () => {
    await insert("/api/users", [{ UserId: "newcomer", Labels: { taste: "drama" } }]);
    const rows = await listOf("newcomer");
    expect(ids(rows).slice(0, 10).map(tasteOf)).toEqual(Array(10).fill("drama"));
    const scores = scoresOf({ labels: { taste: "drama" } }, ids(rows));
    for (const [place, { Score }] of rows.entries()) expect(Score).toBeCloseTo(scores[place] ?? Number.NaN, 4);
  });

  it("ranks on after a restart without the master", async () => {
    const before = await listOf("u5");
    await system.kill("master");
    await system.kill("server");
    await system.startApp("server");
    expect(await listOf("u5")).toEqual(before);
    expect(tasteOf((await listOf("newcomer"))[0]?.Id ?? "")).toBe("drama");
    await system.startApp("master");
  });

  it("makes no lists without the model that they should be ranked by, and makes them as soon as it is there", async () => {
    await system.kill("worker");
    const file = modelFile();
    renameSync(file, `${file}.away`);
    rmSync(join(system.folder, "worker", "models"), { recursive: true });
    await insert("/api/users", [{ UserId: "late", Labels: { taste: "comedy" } }]);
    await system.startApp("worker");
    await workerSyncs(2);
    expect(await stored("late")).toEqual([]);
    renameSync(`${file}.away`, file);
    await system.until("the new user has a list", async () => (await stored("late")).length === 20);
    const rows = await stored("late");
    const scores = scoresOf({ labels: { taste: "comedy" } }, ids(rows));
    for (const [place, { Score }] of rows.entries()) expect(Score).toBeCloseTo(scores[place] ?? Number.NaN, 4);
  });
});

/** Waits until the worker has told the master so many more times that it is alive. */
async function workerSyncs(count: number): Promise<void> {
  const seen = new Set<string>();
  await system.until("the worker has asked for work", async () => {
    const nodes = (await (await fetch(`${system.masterUrl}/api/dashboard/cluster`)).json()) as {
      Type: string;
      UpdateTime: string;
    }[];
    for (const { Type, UpdateTime } of nodes) if (Type === "Worker") seen.add(UpdateTime);
    return seen.size > count;
  });
}
