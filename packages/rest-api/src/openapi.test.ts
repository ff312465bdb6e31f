import { Validator } from "@seriousme/openapi-schema-validator";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestApi, type TestApi } from "../test/test-api.ts";
import { createMasterApi } from "./index.ts";

interface Operation {
  readonly operationId?: string;
  readonly deprecated?: boolean;
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly requestBody?: object;
  readonly responses: Readonly<Record<string, object>>;
}

interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

let api: TestApi;
let document: Document;
beforeAll(async () => {
  api = await startTestApi();
  const app = createMasterApi({
    ...api.dependencies,
    tasks: { tasks: () => [] },
    cluster: { nodes: () => [] },
    trainer: { trigger: () => true, state: { models: [] } },
  });
  document = (await (await app.request("/apidocs.json")).json()) as Document;
});
afterAll(() => api[Symbol.asyncDispose]());

const operations = (): Operation[] => Object.values(document.paths).flatMap((methods) => Object.values(methods));

describe("the OpenAPI document", () => {
  it("is valid OpenAPI 3.1", async () => {
    expect(document.openapi).toBe("3.1.0");
    expect(await new Validator().validate({ ...document })).toMatchObject({ valid: true });
  });

  it("names every operation once; older spellings have no name and are deprecated", () => {
    const names = operations().flatMap(({ operationId }) => operationId ?? []);
    expect(new Set(names).size).toBe(names.length);
    for (const { operationId, deprecated } of operations()) expect(deprecated ?? false).toBe(operationId === undefined);
    expect(document.paths["/api/latest"]?.get?.operationId).toBe("latest");
    expect(document.paths["/api/latest/{category}"]?.get?.deprecated).toBe(true);
  });

  it("tells what may go wrong, route by route", () => {
    const statuses = (path: string, method: string): string[] => Object.keys(document.paths[path]?.[method]?.responses ?? {});
    expect(statuses("/api/user/{user-id}", "get")).toEqual(["200", "400", "401", "404", "406", "500", "503"]);
    expect(statuses("/api/user", "post")).toEqual(expect.arrayContaining(["413", "415"]));
    expect(statuses("/api/health/live", "get")).toEqual(["200"]);
    expect(statuses("/api/health/ready", "get")).toEqual(["200", "503"]);
  });

  it("has the routes of the master, parameters, headers and bodies", () => {
    expect(Object.keys(document.paths)).toEqual(expect.arrayContaining(["/api/feedback/{feedback-type}", "/api/popular"]));
    expect(document.paths["/api/dashboard/tasks/run"]?.post?.responses).toHaveProperty("200");
    const parameters = (document.paths["/api/recommend/{user-id}"]?.get?.parameters ?? []).map(
      (one) => `${one.in} ${one.name}`,
    );
    expect(parameters).toEqual(expect.arrayContaining(["path user-id", "query write-back-delay", "header X-API-Version"]));
    expect(document.paths["/api/feedback"]?.post?.requestBody).toBeDefined();
  });
});

describe("the page of the API", () => {
  it("sits behind a slash and brings all that it needs", async () => {
    const redirect = await api.call("GET", "/apidocs");
    expect([redirect.status, redirect.headers.get("location")]).toEqual([307, "/apidocs/"]);
    const page = await api.call("GET", "/apidocs/");
    expect(page.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(page.headers.get("content-security-policy")).toContain("default-src 'self'");
    const files = [...page.text.matchAll(/(?:src|href)="([^".]+\.(?:js|css))"/g)].map((match) => match[1] ?? "");
    expect(files.toSorted()).toEqual(["page.css", "start.js", "swagger-ui-bundle.js", "swagger-ui.css"]);
    expect(page.text).not.toMatch(/https?:/);
    for (const file of files) {
      const { status, text, headers } = await api.call("GET", `/apidocs/${file}`);
      expect([file, status]).toEqual([file, 200]);
      expect(headers.get("content-type")).toMatch(file.endsWith(".js") ? /^text\/javascript/ : /^text\/css/);
      expect(text.length).toBeGreaterThan(100);
    }
    expect((await api.call("GET", "/apidocs/index.html")).status).toBe(404);
    expect((await api.call("GET", "/apidocs/..%2Fpackage.json")).status).toBe(404);
  });
});
