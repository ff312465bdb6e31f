import { Metrics } from "@furze/telemetry";
import { describe, expect, it } from "vitest";
import { startTestApi } from "../test/test-api.ts";
import { createRestApi, createStatusApi } from "./index.ts";

describe("keys", () => {
  it("open everything but the probes, and never reach the log", async () => {
    await using api = await startTestApi({ apiKey: "s3cret-key", adminApiKey: "adm1n-key" });
    const status = async (path: string, key?: string): Promise<number> =>
      (await api.call("GET", path, undefined, key === undefined ? {} : { "x-api-key": key })).status;
    expect(await status("/api/users")).toBe(401);
    expect(await status("/api/users", "wr0ng-key")).toBe(401);
    expect(await status("/api/users", "s3cret-key")).toBe(200);
    expect(await status("/api/users", "adm1n-key")).toBe(200);
    expect(await status("/apidocs.json")).toBe(401);
    expect(await status("/api/health/live")).toBe(200);
    expect(await status("/api/health/ready")).toBe(200);
    const log = JSON.stringify(api.lines);
    for (const key of ["s3cret-key", "wr0ng-key", "adm1n-key"]) expect(log).not.toContain(key);
  });

  it("a refusal is plain, has a request id and no CORS header", async () => {
    await using api = await startTestApi({ apiKey: "k" });
    const answer = await api.call("POST", "/api/user", { UserId: "u" });
    expect([answer.status, answer.text]).toEqual([401, "unauthorized"]);
    expect(answer.headers.get("x-request-id")).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(answer.headers.get("access-control-allow-origin")).toBeNull();
    expect(await api.dataStore.users.count()).toBe(0);
  });
});

describe("transport", () => {
  it("ignores slashes at the end and doubled ones", async () => {
    await using api = await startTestApi();
    await api.call("POST", "/api/user/", { UserId: "u" });
    for (const path of ["/api/user/u", "/api/user/u/", "/api//user/u//", "//api/user/u"]) {
      expect((await api.call("GET", path)).status).toBe(200);
    }
  });

  it("knows unknown paths, wrong methods and callers that do not take JSON", async () => {
    await using api = await startTestApi();
    expect(await api.call("GET", "/api/nothing")).toMatchObject({ status: 404, text: "404: Page Not Found" });
    const wrong = await api.call("PATCH", "/api/users/");
    expect(wrong).toMatchObject({ status: 405, text: "405: Method Not Allowed" });
    expect(wrong.headers.get("allow")).toBe("POST, GET");
    expect((await api.call("GET", "/api/users", undefined, { accept: "text/html" })).status).toBe(406);
    expect((await api.call("GET", "/api/users", undefined, { accept: "text/html, */*;q=0.1" })).status).toBe(200);
  });

  it("answers browsers of any site by default, with one header", async () => {
    await using api = await startTestApi();
    const answer = await api.call("GET", "/api/users", undefined, { origin: "https://shop.example" });
    expect(answer.headers.get("access-control-allow-origin")).toBe("*");
    expect(answer.headers.get("access-control-expose-headers")).toBe("X-Request-ID, Last-Modified");
    expect((await api.call("GET", "/api/users")).headers.get("access-control-expose-headers")).toBeNull();
    const preflight = await api.call("OPTIONS", "/api/user", undefined, {
      origin: "https://shop.example",
      "access-control-request-method": "POST",
      "access-control-request-headers": "x-api-key, content-type, x-other",
    });
    expect([preflight.status, preflight.text]).toEqual([200, ""]);
    expect(preflight.headers.get("access-control-allow-headers")).toBe("Content-Type,X-API-Key");
    expect(preflight.headers.get("access-control-allow-methods")).toBe("GET,POST,PUT,DELETE,PATCH");
  });

  it("answers only browsers of the sites named", async () => {
    await using api = await startTestApi({ corsDomains: ["https://.*\\.example"] });
    const allowed = async (origin: string): Promise<string | null> =>
      (await api.call("GET", "/api/users", undefined, { origin })).headers.get("access-control-allow-origin");
    expect(await allowed("https://shop.example")).toBe("https://shop.example");
    expect(await allowed("https://shop.example.evil.test")).toBeNull();
    expect(() => createRestApi({ ...api.dependencies, options: { corsDomains: ["("] } })).toThrow(/regular expression/);
  });

  it("refuses options that cannot be meant", async () => {
    await using api = await startTestApi();
    expect(() => createRestApi({ ...api.dependencies, options: { maxLimit: -1 } })).toThrow(/maxLimit/);
    expect(() => createRestApi({ ...api.dependencies, options: { defaultLimit: 1.5 } })).toThrow(/defaultLimit/);
  });
});

describe("health", () => {
  it("says which store does not answer", async () => {
    await using api = await startTestApi();
    await api.dataStore.close();
    const answer = await api.call("GET", "/api/health/ready");
    expect(answer.status).toBe(503);
    expect(answer.headers.get("content-type")).toBe("text/plain; charset=utf-8");
    expect(answer.text).toBe(
      '{"Ready":false,"DataStoreError":"the data store does not answer","CacheStoreError":null,"DataStoreConnected":false,"CacheStoreConnected":true}',
    );
    expect((await api.call("GET", "/api/health/live")).status).toBe(200);
  });
});

describe("what operators see", () => {
  it("one debug line per request", async () => {
    await using api = await startTestApi();
    const { headers } = await api.call("GET", "/api/user/nobody");
    expect(api.lines).toHaveLength(1);
    const requestId = headers.get("x-request-id");
    expect(api.lines[0]).toMatchObject({
      level: "debug",
      fields: { requestId, method: "get", api: "/api/user/{user-id}", status: 404, elapsedMs: expect.any(Number) },
    });
  });

  it("requests that no route takes, without their paths", async () => {
    await using api = await startTestApi({}, { metrics: new Metrics() });
    await api.call("GET", "/wp-login.php");
    await api.call("PATCH", "/api/users");
    expect(api.lines.map((line) => [line.fields?.method, line.fields?.api, line.fields?.status])).toEqual([
      ["get", "none", 404],
      ["patch", "none", 405],
    ]);
    const { text } = await api.call("GET", "/metrics");
    expect(text).toContain('furze_server_rest_api_request_seconds_count{api="none",status="404"} 1');
    expect(text).not.toContain("wp-login");
  });

  it("request times by route and status, behind the key", async () => {
    await using api = await startTestApi({ apiKey: "k" }, { metrics: new Metrics() });
    await api.call("GET", "/api/users", undefined, { "x-api-key": "k" });
    await api.call("GET", "/api/users");
    expect((await api.call("GET", "/metrics")).status).toBe(401);
    const answer = await api.call("GET", "/metrics", undefined, { "x-api-key": "k" });
    expect(answer.headers.get("content-type")).toContain("text/plain");
    const count = (status: number): string =>
      `furze_server_rest_api_request_seconds_count{api="/api/users",status="${status}"} 1`;
    expect(answer.text).toContain(count(200));
    expect(answer.text).toContain(count(401));
  });

  it("health and metrics alone, for a process that serves nothing else", async () => {
    await using api = await startTestApi();
    const { dataStore, cacheStore } = api.dependencies;
    const app = createStatusApi({ dataStore, cacheStore, metrics: new Metrics(), options: { apiKey: "k" } });
    expect((await app.request("/api/health/ready")).status).toBe(200);
    expect((await app.request("/metrics")).status).toBe(401);
    expect((await app.request("/metrics", { headers: { "x-api-key": "k" } })).status).toBe(200);
    expect((await app.request("/api/users")).status).toBe(404);
  });

  it("no metrics route without metrics", async () => {
    await using api = await startTestApi();
    expect((await api.call("GET", "/metrics")).status).toBe(404);
  });
});
