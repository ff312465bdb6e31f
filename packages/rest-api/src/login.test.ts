import { ManualClock } from "@furze/core";
import { describe, expect, it } from "vitest";
import { NOW_MS, startTestApi } from "../test/test-api.ts";
import { createMasterApi, type RestApiOptions, Sessions } from "./index.ts";

const HOUR_MS = 3_600_000;
const HOST = "furze.test";

async function openMaster(options: RestApiOptions = {}, password = "hush") {
  const api = await startTestApi();
  const clock = new ManualClock(NOW_MS);
  const app = createMasterApi({
    ...api.dependencies,
    options,
    tasks: { tasks: () => [] },
    cluster: { nodes: () => [] },
    trainer: { trigger: () => true, state: { models: [] } },
    sessions: password === "" ? undefined : new Sessions({ userName: "admin", password, clock }),
  });
  const call = (method: string, path: string, headers: Record<string, string> = {}, body?: string) =>
    app.request(`http://${HOST}${path}`, {
      method,
      headers: { host: HOST, ...headers },
      ...(body === undefined ? {} : { body }),
    });
  const signIn = (form: Record<string, string>, headers: Record<string, string> = {}) =>
    call(
      "POST",
      "/login",
      { "content-type": "application/x-www-form-urlencoded", ...headers },
      new URLSearchParams(form).toString(),
    );
  const status = async (...request: Parameters<typeof call>) => (await call(...request)).status;
  return { clock, call, signIn, status, [Symbol.asyncDispose]: () => api[Symbol.asyncDispose]() };
}

const RIGHT = { user_name: "admin", password: "hush" };
const cookieOf = (answer: Response): string => (answer.headers.get("set-cookie") ?? "").split(";", 1)[0] ?? "";

describe("signing in", () => {
  it("gives a cookie that scripts cannot read and other sites cannot send, and opens the admin routes", async () => {
    await using master = await openMaster();
    expect(await master.status("GET", "/api/dashboard/tasks")).toBe(401);
    const answer = await master.signIn(RIGHT);
    expect([answer.status, answer.headers.get("location")]).toEqual([302, "/"]);
    expect(answer.headers.get("set-cookie")).toMatch(/^session=[^;]+; Max-Age=43200; Path=\/; HttpOnly; SameSite=Strict$/);
    const cookie = cookieOf(answer);
    expect(decodeURIComponent(cookie)).not.toMatch(/hush|admin/);
    expect(await master.status("GET", "/api/dashboard/tasks", { cookie })).toBe(200);
    const info = await (await master.call("GET", "/api/dashboard/userinfo", { cookie })).json();
    expect(info).toMatchObject({ name: "admin", picture: "", email_verified: false, auth_type: "" });
    const encrypted = await master.signIn(RIGHT, { "x-forwarded-proto": "https" });
    expect(encrypted.headers.get("set-cookie")).toContain("; Secure");
  });

  it("fails for a wrong name or password, with the same answer", async () => {
    await using master = await openMaster();
    for (const form of [{ ...RIGHT, password: "hus" }, { ...RIGHT, user_name: "root" }, { user_name: "admin" }, {}]) {
      const answer = await master.signIn(form as Record<string, string>);
      expect([answer.status, answer.headers.get("location")]).toEqual([302, "/login?msg=incorrect"]);
      expect(answer.headers.get("set-cookie")).toBeNull();
    }
  });

  it("makes everybody wait when ten have failed within a minute", async () => {
    await using master = await openMaster();
    for (let failures = 0; failures < 10; failures++) expect((await master.signIn({})).status).toBe(302);
    const late = await master.signIn(RIGHT);
    expect([late.status, await late.text()]).toEqual([429, "too many sign-ins have failed, try again in a minute"]);
    master.clock.advance(60_000);
    expect((await master.signIn(RIGHT)).headers.get("location")).toBe("/");
  });

  it("is for pages of this site only", async () => {
    await using master = await openMaster();
    expect((await master.signIn(RIGHT, { origin: "https://evil.test" })).status).toBe(403);
    expect((await master.signIn(RIGHT, { "sec-fetch-site": "cross-site" })).status).toBe(403);
    expect((await master.signIn(RIGHT, { origin: `http://${HOST}` })).status).toBe(302);
  });

  it("is not needed where nobody can", async () => {
    await using master = await openMaster({}, "");
    const answer = await master.signIn(RIGHT);
    expect([answer.status, answer.headers.get("location"), answer.headers.get("set-cookie")]).toEqual([302, "/", null]);
    expect(await (await master.call("GET", "/api/dashboard/userinfo")).text()).toBe("null");
    expect(await master.status("GET", "/logout")).toBe(302);
  });
});

describe("a session", () => {
  it("changes things only for pages of the same site", async () => {
    await using master = await openMaster({ apiKey: "k" });
    const cookie = cookieOf(await master.signIn(RIGHT));
    const run = (headers: Record<string, string>) => master.status("POST", "/api/dashboard/tasks/run", { cookie, ...headers });
    expect(await run({})).toBe(401);
    expect(await run({ origin: "https://evil.test" })).toBe(401);
    expect(await run({ origin: "null" })).toBe(401);
    expect(await run({ "sec-fetch-site": "same-site", origin: `http://${HOST}` })).toBe(401);
    expect(await run({ origin: `http://${HOST}` })).toBe(200);
    expect(await run({ "sec-fetch-site": "same-origin" })).toBe(200);
    expect(await master.status("DELETE", "/api/user/x", { cookie, "sec-fetch-site": "same-origin" })).toBe(200);
    expect(await master.status("DELETE", "/api/user/x", { cookie })).toBe(401);
  });

  it("ends when it is signed out, also for a copy of it, and by itself after its time", async () => {
    await using master = await openMaster();
    const cookie = cookieOf(await master.signIn(RIGHT));
    const other = cookieOf(await master.signIn(RIGHT));
    const out = await master.call("GET", "/logout", { cookie });
    expect([out.status, out.headers.get("location")]).toEqual([302, "/login"]);
    expect(out.headers.get("set-cookie")).toMatch(/^session=; Max-Age=0; Path=\//);
    expect(await master.status("GET", "/api/dashboard/tasks", { cookie })).toBe(401);
    expect(await master.status("GET", "/api/dashboard/tasks", { cookie: other })).toBe(200);
    master.clock.advance(12 * HOUR_MS);
    expect(await master.status("GET", "/api/dashboard/tasks", { cookie: other })).toBe(401);
  });

  it("cannot be made up: neither another time nor another process's signature", async () => {
    await using master = await openMaster();
    await using another = await openMaster();
    const cookie = cookieOf(await master.signIn(RIGHT));
    const later = cookie.replace(/\.(\d+)\./, (_, ms: string) => `.${Number(ms) + HOUR_MS}.`);
    expect(later).not.toBe(cookie);
    for (const forged of [later, cookieOf(await another.signIn(RIGHT)), "session=x", "session="]) {
      expect(await master.status("GET", "/api/dashboard/tasks", { cookie: forged })).toBe(401);
    }
  });

  it("stands beside the admin key; the key of the API alone does not open what is the administrator's", async () => {
    await using master = await openMaster({ apiKey: "k" });
    expect(await master.status("GET", "/api/dashboard/tasks", { "x-api-key": "k" })).toBe(401);
    expect(await master.status("GET", "/api/users", { "x-api-key": "k" })).toBe(200);
    await using both = await openMaster({ apiKey: "k", adminApiKey: "a" });
    expect(await both.status("GET", "/api/dashboard/tasks", { "x-api-key": "a" })).toBe(200);
    expect(await both.status("GET", "/api/users", { cookie: cookieOf(await both.signIn(RIGHT)) })).toBe(200);
  });
});

it("needs something to sign in with", () => {
  expect(() => new Sessions({ userName: "", password: "" })).toThrow(/user name or a password/);
  expect(() => new Sessions({ userName: "a", password: "", ttlMs: 1 })).toThrow(/ttlMs/);
});
