import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ExternalOptions } from "./external-options.ts";
import { ScriptRunner } from "./script-runner.ts";

const runner = new ScriptRunner(2);
let server: Server;
let host: string;
const asked: string[] = [];

beforeAll(async () => {
  server = createServer(async (request: IncomingMessage, response) => {
    asked.push(`${request.method} ${request.url} ${request.headers["x-key"] ?? ""} ${await text(request)}`.trim());
    const path = request.url ?? "";
    if (path === "/slow") return;
    if (path === "/away") response.writeHead(302, { location: "http://elsewhere.invalid/" }).end();
    else if (path === "/moved") response.writeHead(303, { location: "/items" }).end();
    else if (path === "/missing") response.writeHead(404, { "x-one-two": "3" }).end("nothing");
    else response.writeHead(200, { "content-type": "application/json" }).end(path === "/long" ? "x".repeat(2e6) : '["b", "c"]');
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(async () => {
  await runner.close();
  server.closeAllConnections();
  server.close();
});

const run = (script: string, more: Partial<ExternalOptions> = {}, signal?: AbortSignal) =>
  runner.run({ name: "mine", script, ...more }, "ann", { signal });

const failure = (script: string, more: Partial<ExternalOptions> = {}) =>
  run(script, more).then(
    () => "none",
    (error) => `${error.code} ${error.failure} ${error.message}`,
  );

describe("the value of a script", () => {
  it.each([
    ["an array", "['a', 'b'].concat(user_id)", ["a", "b", "ann"]],
    ["JSON text", "JSON.stringify(['a'])", ["a"]],
    ["the last of many statements", "const ids = []; for (const c of 'xy') ids.push(c); ids", ["x", "y"]],
    ["nothing", "[]", []],
    ["what a changed JSON does not change", "JSON.stringify = () => '[1]'; ['a']", ["a"]],
  ])("may be %s", async (_, script, expected) => {
    expect(await run(script)).toEqual(expected);
  });

  it.each([
    ["42", "script must return string or object"],
    ["undefined", "script must return string or object"],
    ["null", "script must return string or object"],
    ["() => []", "script must return string or object"],
    ["({ a: 1 })", "script must return an array of strings, not an object"],
    ["(async () => ['a'])()", "script must return an array of strings, not an object"],
    ["['a', 1]", "script must return an array of strings, but element 1 is a number"],
    ["'[null]'", "script must return an array of strings, but element 0 is null"],
    ["'a'", "script returned a string that is no JSON"],
  ])("must not be %s", async (script, expected) => {
    expect(await failure(script)).toContain(`INVALID_ARGUMENT result external script mine: ${expected}`);
  });

  it("is missing when it throws or does not parse", async () => {
    expect(await failure("\n throw new TypeError('no')")).toBe(
      "INVALID_ARGUMENT thrown external script mine: TypeError: no (line 2)",
    );
    expect(await failure("throw 'text'")).toBe('INVALID_ARGUMENT thrown external script mine: "text"');
    expect(await failure("let = =")).toContain("INVALID_ARGUMENT thrown external script mine: SyntaxError");
  });
});

describe("the machine", () => {
  it("is new for each run and has the language, user_id and fetch, nothing else", async () => {
    await run("globalThis.left = 1; Array.prototype.concat = null; []");
    const script =
      "[typeof left, typeof [].concat, typeof console, typeof setTimeout, typeof require, typeof process, typeof os]";
    const absent = "undefined";
    expect(await run(script)).toEqual([absent, "function", absent, absent, absent, absent, absent]);
    const own = await run("Object.getOwnPropertyNames(globalThis).filter((name) => /^[a-z]/.test(name))");
    expect(own.filter((name) => !(name in globalThis)).toSorted()).toEqual(["user_id"]);
    expect(own).toContain("fetch");
  });

  it("ends scripts that run too long or use too much memory, and goes on", async () => {
    expect(await failure("for (;;) {}", { timeLimitMs: 30 })).toBe(
      "LIMIT_EXCEEDED time-limit external script mine: it took too long",
    );
    expect(await failure("try { for (;;) {} } finally { for (;;) {} }", { timeLimitMs: 30 })).toContain("time-limit");
    const hog = "const all = []; for (;;) all.push(new Uint8Array(100_000))";
    expect(await failure(hog, { memoryLimitBytes: 2e7 })).toBe(
      "LIMIT_EXCEEDED memory-limit external script mine: it used too much memory",
    );
    expect(await failure("const f = () => f() + 1; f()")).toContain("InternalError: stack overflow");
    expect(await run("['a']")).toEqual(["a"]);
  });

  it("runs scripts side by side and lets the others wait", async () => {
    const runs = Array.from({ length: 7 }, (_, index) => runner.run({ name: "mine", script: "[user_id]" }, `user-${index}`));
    expect(await Promise.all(runs)).toEqual(Array.from({ length: 7 }, (_, index) => [`user-${index}`]));
  });

  it("ends at an abort, in the script and in fetch", async () => {
    for (const script of ["for (;;) {}", `fetch("http://${host}/slow")`]) {
      const signal = AbortSignal.timeout(30);
      await expect(run(script, { allowedHosts: ["127.0.0.1"] }, signal)).rejects.toMatchObject({ code: "ABORTED" });
    }
    expect(await run("['a']")).toEqual(["a"]);
  });
});

it("fails what runs, waits or comes after it is closed", async () => {
  const closing = new ScriptRunner(1);
  const runs = Promise.allSettled([1, 2].map(() => closing.run({ name: "mine", script: "for (;;) {}" }, "ann")));
  await closing.close();
  const later = Promise.allSettled([closing.run({ name: "mine", script: "[]" }, "ann")]);
  const outcomes = [...(await runs), ...(await later)];
  expect(outcomes.map((outcome) => outcome.status === "rejected" && outcome.reason.code)).toEqual([
    "UNAVAILABLE",
    "ABORTED",
    "ABORTED",
  ]);
});

describe("fetch", () => {
  const url = (path: string) => JSON.stringify(`http://${host}${path}`);
  const allowed = () => ({ allowedHosts: [host] });

  it("blocks and gives status, text and headers", async () => {
    expect(await run(`fetch(${url("/items")}).body`, allowed())).toEqual(["b", "c"]);
    const script = `const r = fetch(${url("/missing")}); [String(r.ok), String(r.status), r.statusText, r.body, r.headers["X-One-Two"]]`;
    expect(await run(script, allowed())).toEqual(["false", "404", "404 Not Found", "nothing", "3"]);
  });

  it("sends method, headers and body, in both forms", async () => {
    const options = `method: "POST", headers: { "X-Key": "k" }, body: "hello " + user_id`;
    await run(`fetch(${url("/one")}, { ${options} }); fetch({ url: ${url("/two")}, ${options} }); []`, {
      allowedHosts: ["127.0.0.1"],
    });
    expect(asked.slice(-2)).toEqual(["POST /one k hello ann", "POST /two k hello ann"]);
  });

  it("asks allowed hosts only, on the way of redirects too", async () => {
    const before = asked.length;
    expect(await failure(`fetch(${url("/items")})`)).toContain(`Error: fetch: host ${host} is not in allowed_hosts`);
    expect(await failure(`fetch(${url("/items")})`, { allowedHosts: ["127.0.0.1:1"] })).toContain("is not in allowed_hosts");
    expect(await failure(`fetch("file:///etc/passwd")`, allowed())).toContain("unsupported protocol scheme file:");
    expect(asked.length).toBe(before);
    expect(await failure(`fetch(${url("/away")})`, allowed())).toContain("host elsewhere.invalid is not in allowed_hosts");
    expect(await run(`fetch(${url("/moved")}, { method: "POST", body: "x" }).body`, allowed())).toEqual(["b", "c"]);
    expect(asked.at(-1)).toBe("GET /items");
  });

  it("throws what the script can catch", async () => {
    expect(
      await run(`try { fetch("http://127.0.0.1:1/") } catch (error) { ["caught"] }`, { allowedHosts: ["127.0.0.1"] }),
    ).toEqual(["caught"]);
    expect(await failure("fetch()")).toContain('Error: fetch: invalid URL ""');
  });

  it("counts waiting and long answers against the limits", async () => {
    expect(await failure(`fetch(${url("/slow")})`, { ...allowed(), timeLimitMs: 50 })).toContain("time-limit");
    expect(await failure(`fetch(${url("/long")})`, { ...allowed(), memoryLimitBytes: 8e6 })).toContain(
      "the answer is longer than",
    );
  });
});
