import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { TestSystem } from "./support/system.ts";

const KEY = "live-config-key";
const CONFIG = `
[master]
admin_api_key = "${KEY}"
dashboard_user_name = "admin"
dashboard_password = "hush-hush"
http_host = "127.0.0.1"
meta_timeout = "500ms"

[server]
api_key = "${KEY}"

[worker]
interval = "500ms"

[recommend.data_source]
positive_feedback_types = ["like"]

[[recommend.non-personalized]]
name = "popular"
score = "len(feedback)"
`;

interface Shown {
  readonly recommend: Readonly<Record<string, unknown>>;
  readonly master: Readonly<Record<string, unknown>>;
}

type Leaderboard = { readonly name: string; readonly score: string };

const system = new TestSystem({ apiKey: KEY });

/** Calls of a browser that has signed in. */
let cookie = "";
const call = async <T>(method: string, path: string, body?: unknown): Promise<[number, T]> => {
  const headers = { cookie, origin: system.masterUrl, ...(body === undefined ? {} : { "content-type": "application/json" }) };
  const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
  const answer = await fetch(`${system.masterUrl}/api/dashboard/${path}`, init);
  const text = await answer.text();
  return [answer.status, (answer.status === 200 ? JSON.parse(text) : text) as T];
};

async function signIn(password: string): Promise<[number, string | null, string]> {
  const body = new URLSearchParams({ user_name: "admin", password });
  const answer = await fetch(`${system.masterUrl}/login`, { method: "POST", body, redirect: "manual" });
  return [answer.status, answer.headers.get("location"), (answer.headers.get("set-cookie") ?? "").split(";", 1)[0] ?? ""];
}

const leaderboard = (name: string) => system.get<{ Id: string; Score: number }[]>(`/api/non-personalized/${name}`);

beforeAll(async () => {
  await system.start(CONFIG);
  const rows = Array.from({ length: 30 }, (_, place) => ({
    ...{ FeedbackType: "like", UserId: `u${place % 6}`, ItemId: `i${place % (1 + (place % 5))}`, Value: place },
  }));
  expect((await system.post("/api/feedback", rows)).status).toBe(200);
  await system.train();
});

afterAll(() => system.stop());

describe("an administrator with a browser", () => {
  it("signs in, sees the configuration without its secrets, and is told what he may not change", async () => {
    expect((await call("GET", "config"))[0]).toBe(401);
    expect(await signIn("wrong")).toEqual([302, "/login?msg=incorrect", ""]);
    const [status, location, session] = await signIn("hush-hush");
    expect([status, location]).toEqual([302, "/"]);
    cookie = session;
    const [, shown] = await call<Shown>("GET", "config");
    expect(JSON.stringify(shown)).not.toMatch(/hush-hush|live-config-key/);
    expect(shown.master).toMatchObject({ dashboard_user_name: "admin", dashboard_password: "********" });
    expect(await call("GET", "userinfo")).toMatchObject([200, { name: "admin" }]);
    const [refused, why] = await call<string>("POST", "config", { ...shown, master: { ...shown.master, n_jobs: 9 } });
    expect([refused, why]).toEqual([400, expect.stringContaining("master.n_jobs cannot be changed here")]);
    const wrong = { recommend: { ranker: { recommenders: ["nobody"] } } };
    expect(await call("POST", "config", wrong)).toEqual([400, expect.stringContaining("recommender nobody doesn't exist")]);
  });

  it("replaces the recommend section: nodes follow, lists are made by it, and a restart keeps it", async () => {
    expect(await leaderboard("loud")).toEqual([]);
    const [, shown] = await call<Shown>("GET", "config");
    const boards = shown.recommend["non-personalized"] as Leaderboard[];
    const loud = { name: "loud", score: "sum(feedback, .Value)", filter: "" };
    const changed = { ...shown, recommend: { ...shown.recommend, "non-personalized": [...boards, loud], cache_size: 2 } };
    expect(await call("POST", "config", changed)).toEqual([200, changed]);
    await system.until("the new leaderboard is served", async () => (await leaderboard("loud").catch(() => [])).length === 2);
    const [best] = await leaderboard("loud");
    expect(best?.Score).toBeGreaterThan(30);
    expect(await system.stopApp("master")).toBe(0);
    await system.startApp("master");
    expect((await call("GET", "config"))[0]).toBe(401);
    cookie = (await signIn("hush-hush"))[2];
    expect(await call("GET", "config")).toEqual([200, changed]);
  });

  it("goes back to the file", async () => {
    expect(await call("DELETE", "config")).toEqual([200, {}]);
    const [, shown] = await call<Shown>("GET", "config");
    expect(shown.recommend).toMatchObject({ cache_size: 100, "non-personalized": [{ name: "popular" }] });
    const [, schema] = await call<{ $defs: object }>("GET", "config/schema");
    expect(Object.keys(schema.$defs)).toContain("RecommendNonPersonalized");
  });

  it("signs out, and the cookie is worth nothing any more", async () => {
    const out = await fetch(`${system.masterUrl}/logout`, { headers: { cookie }, redirect: "manual" });
    expect([out.status, out.headers.get("location")]).toEqual([302, "/login"]);
    expect((await call("GET", "config"))[0]).toBe(401);
  });
});
