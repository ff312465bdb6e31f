import type { Feedback, Item, User } from "@furze/core";
import { TestSystem } from "../../test/support/system.ts";
import { type BenchResult, lapTimer } from "../harness.ts";
import { type MovieLens, movieLens } from "../movielens.ts";
import { redisUsageOf } from "../redis-usage.ts";
import { bareLoad, interleavedLoad } from "../rest/interleaved-load.ts";
import { MemoryWatch } from "../rest/memory-watch.ts";
import { memoryOf, usageOf } from "../rest/process-tree.ts";
import { type BareRoute, startBareRoute } from "../rest/start-bare-route.ts";
import { wrk } from "../rest/wrk.ts";
import { withService } from "../services.ts";

const CONNECTIONS = 16;
const SECONDS = 5;
const WARM_UP_SECONDS = 2;
const ROWS_PER_REQUEST = 10_000;

const CONFIG = `
[recommend]
cache_size = 100

[recommend.data_source]
positive_feedback_types = ["rating>=4"]
read_feedback_types = ["rating"]

[[recommend.non-personalized]]
name = "popular"
score = "len(feedback)"

[[recommend.item-to-item]]
name = "similar"
type = "users"

[[recommend.user-to-user]]
name = "taste"
type = "items"

[recommend.collaborative]
type = "mf"

[recommend.ranker]
type = "fm"
recommenders = ["latest", "collaborative", "non-personalized/popular", "item-to-item/similar", "user-to-user/taste"]

[recommend.fallback]
recommenders = ["latest"]
`;

interface Layout {
  readonly layout: string;
  /** Of the server, beside which one watches over several; one where the stores need the other core. */
  readonly serverProcesses: number;
  readonly stores: { readonly data?: string; readonly cache?: string };
}

type RestRow = BenchResult & { readonly quality: Readonly<Record<string, number>> };

/** A whole system of real processes, built by `pnpm build`, on MovieLens-100K: from an empty store to lists, then its routes under load. */
export async function* run(): AsyncIterable<BenchResult> {
  using bare = await startBareRoute();
  yield await bareRow(bare);
  yield* measure({ layout: "sqlite", serverProcesses: 2, stores: {} }, bare);
  yield* measure({ layout: "sqlite, three processes", serverProcesses: 1, stores: {} }, bare);
  yield* withService("postgres", (data) =>
    withService("redis", (cache) =>
      measure({ layout: "postgres and redis", serverProcesses: 1, stores: { data, cache } }, bare),
    ),
  );
}

/** What the machine gives now: a bare route of the same web framework, one process, the same load. */
async function bareRow({ url, pid }: BareRoute): Promise<RestRow> {
  await bareLoad(url, CONNECTIONS, WARM_UP_SECONDS);
  const before = usageOf([pid]);
  const lap = lapTimer();
  const load = await bareLoad(url, CONNECTIONS, SECONDS);
  const cpuSeconds = usageOf([pid]).cpuSeconds - before.cpuSeconds;
  const params = { rival: "bare Hono route", work: "GET /" };
  return { params, seconds: lap().seconds, cpuSeconds, peakRssMiB: memoryOf([pid]).memoryMiB, quality: { ...load } };
}

async function* measure({ layout, serverProcesses, stores }: Layout, bare: BareRoute): AsyncIterable<RestRow> {
  const system = new TestSystem({ serverProcesses, isBuilt: true });
  try {
    await system.start(CONFIG, stores);
    const pids = () => (["master", "worker", "server"] as const).map((name) => system.pid(name));
    const usage = () => usageOf(pids());
    using memory = new MemoryWatch(pids);
    const timed = async (work: string, run: () => Promise<Readonly<Record<string, number>>>): Promise<RestRow> => {
      const before = usage();
      const lap = lapTimer();
      const quality = await run();
      const after = usage();
      const cpuSeconds = after.cpuSeconds - before.cpuSeconds;
      const { peakMiB, rssSumMiB } = memory.takePeak();
      const sample = { seconds: lap().seconds, cpuSeconds, peakRssMiB: peakMiB };
      return { params: { layout, work }, ...sample, quality: { ...quality, rssSumMiB } };
    };
    const data = await movieLens();
    await insert(system, "/api/users", data.users.map(userBody));
    await insert(system, "/api/items", data.items.map(itemBody));
    yield await timed("insert 100,000 feedback", async () => {
      const startedMs = performance.now();
      await insert(system, "/api/feedback", data.feedback.map(feedbackBody));
      return { rowsPerSecond: Math.round((data.feedback.length / (performance.now() - startedMs)) * 1000) };
    });
    yield await timed("train and make all lists", async () => {
      await system.train();
      return { users: data.users.length, ...(await cacheUsage(stores.cache)) };
    });
    await rest(() => usage().cpuSeconds);
    for (const [work, request] of Object.entries(requestsOn(data))) {
      const isRead = work.startsWith("GET");
      const check = isRead ? await expectedAnswers(system, data) : async () => 0;
      const shape = { url: system.serverUrl, request, connections: CONNECTIONS };
      if (isRead) await wrk({ ...shape, seconds: WARM_UP_SECONDS });
      yield await timed(work, async () => ({ ...(await interleavedLoad({ ...shape, bareUrl: bare.url, check })) }));
    }
  } finally {
    await system.stop();
  }
}

/** Keys and memory of Redis; nothing of other stores. */
async function cacheUsage(uri: string | undefined): Promise<Readonly<Record<string, number>>> {
  const usage = uri === undefined ? undefined : await redisUsageOf(uri);
  return usage === undefined ? {} : { redisKeys: usage.keys, redisMiB: Math.round(usage.memoryBytes / 2 ** 20) };
}

/** Waits until the processes have done what the training left to do: nearly no processor time for a second. */
async function rest(cpuSeconds: () => number): Promise<void> {
  for (let second = 0; second < 60; second++) {
    const before = cpuSeconds();
    await new Promise((resolve) => setTimeout(resolve, 1000));
    if (cpuSeconds() - before < 0.05) return;
  }
  throw new Error("the system does not come to rest after the training");
}

/** What wrk sends: bodies of Lua functions, in which `n` counts the requests. */
function requestsOn(data: MovieLens): Readonly<Record<string, string>> {
  const userOf = `(n * 7919) % ${data.users.length} + 1`;
  const itemOf = `(n * 7919) % ${data.items.length} + 1`;
  const get = (path: string, id: string) => `return wrk.format("GET", string.format("${path}", ${id}))`;
  const post = (rows: number) => `
  local rows = {}
  for row = 1, ${rows} do
    rows[row] = string.format('{"FeedbackType":"view","UserId":"%d","ItemId":"%d","Timestamp":"2026-01-01T00:00:00Z"}',
      ${userOf}, (n * ${rows} + row) % ${data.items.length} + 1)
  end
  return wrk.format("POST", "/api/feedback", { ["Content-Type"] = "application/json" }, "[" .. table.concat(rows, ",") .. "]")`;
  return {
    "GET recommend": get("/api/recommend/%d", userOf),
    "GET popular": get("/api/popular?n=%d", "10"),
    "GET latest": get("/api/latest?n=%d", "10"),
    "GET item": get("/api/item/%d", itemOf),
    "GET item neighbors": get("/api/item/%d/neighbors", itemOf),
    "POST 1 feedback": post(1),
    "POST 100 feedback": post(100),
  };
}

/** Notes answers of a quiet system. @returns asks for them again and again while a load runs, and counts those that differ */
async function expectedAnswers(system: TestSystem, data: MovieLens): Promise<(load: Promise<unknown>) => Promise<number>> {
  const users = data.users.filter((_, position) => position % 50 === 0).map(({ userId }) => `/api/recommend/${userId}`);
  const items = data.items.filter((_, position) => position % 100 === 0).map(({ itemId }) => `/api/item/${itemId}`);
  const paths = [...users, ...items, ...items.map((path) => `${path}/neighbors`), "/api/popular", "/api/latest"];
  const expected = new Map<string, string>();
  for (const path of paths) expected.set(path, JSON.stringify(await system.get(path)));
  return async (load) => {
    let isOver = false;
    void load.finally(() => {
      isOver = true;
    });
    let wrong = 0;
    for (let asked = 0; !isOver; asked++) {
      const path = paths[asked % paths.length] as string;
      if (JSON.stringify(await system.get(path)) !== expected.get(path)) wrong++;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    return wrong;
  };
}

async function insert(system: TestSystem, path: string, rows: readonly unknown[]): Promise<void> {
  for (let start = 0; start < rows.length; start += ROWS_PER_REQUEST) {
    const response = await system.post(path, rows.slice(start, start + ROWS_PER_REQUEST));
    if (response.status !== 200) throw new Error(`POST ${path}: ${response.status} ${await response.text()}`);
    await response.arrayBuffer();
  }
}

const userBody = ({ userId, labels }: User): object => ({ UserId: userId, Labels: labels });

const itemBody = ({ itemId, categories, timestampMs, labels, comment }: Item): object => ({
  ...{ ItemId: itemId, Categories: categories, Timestamp: new Date(timestampMs).toISOString() },
  ...{ Labels: labels, Comment: comment },
});

const feedbackBody = ({ feedbackType, userId, itemId, value, timestampMs }: Feedback): object => ({
  ...{ FeedbackType: feedbackType, UserId: userId, ItemId: itemId },
  ...{ Value: value, Timestamp: new Date(timestampMs).toISOString() },
});
