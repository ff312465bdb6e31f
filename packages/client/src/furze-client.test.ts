import { spawnSync } from "node:child_process";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { FurzeClient, FurzeClientError, type FurzeClientOptions } from "./index.ts";

interface Seen {
  readonly line: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** A client of a server that answers as told, with what the server has seen. */
async function start(answer: (response: ServerResponse, seen: Seen) => void, options: Partial<FurzeClientOptions> = {}) {
  const requests: Seen[] = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    const seen = { line: `${request.method} ${request.url}`, headers: request.headers, body };
    requests.push(seen);
    answer(response, seen);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closers.push(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { requests, address, client: new FurzeClient({ address, ...options }) };
}

const failure = async (call: Promise<unknown>): Promise<FurzeClientError> => {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!FurzeClientError.is(error)) throw new Error(`no FurzeClientError but ${String(error)}`);
  return error;
};

describe("FurzeClient", () => {
  it("escapes ids, sends the key, and a type only with a body", async () => {
    const { client, requests } = await start((response) => response.end("[]"), { apiKey: "k" });
    await client.latest({ n: 3, category: ["a b", "c&d"], userId: "ü" });
    await client.feedbackOfPair("a/b?c", "é#");
    await client.insertUser({ UserId: "u", Labels: { a: [1, 2] } });
    expect(requests.map((request) => request.line)).toEqual([
      "GET /api/latest?n=3&category=a+b&category=c%26d&user-id=%C3%BC",
      "GET /api/feedback/a%2Fb%3Fc/%C3%A9%23",
      "POST /api/user",
    ]);
    expect(requests.map((request) => request.headers["x-api-key"])).toEqual(["k", "k", "k"]);
    expect(requests.map((request) => request.headers["content-type"])).toEqual([undefined, undefined, "application/json"]);
    expect(requests[2]?.body).toBe('{"UserId":"u","Labels":{"a":[1,2]}}');
  });

  it("walks through pages until the cursor is empty", async () => {
    const { client, requests } = await start((response, { line }) => {
      const isFirst = !line.includes("cursor=");
      response.end(JSON.stringify({ Cursor: isFirst ? "a+b=" : "", Items: [{ ItemId: isFirst ? "1" : "2" }] }));
    });
    const itemIds: string[] = [];
    for await (const item of client.items()) itemIds.push(item.ItemId);
    expect(itemIds).toEqual(["1", "2"]);
    expect(requests.map((request) => request.line)).toEqual(["GET /api/items?n=1000", "GET /api/items?n=1000&cursor=a%2Bb%3D"]);
  });

  it("stands behind a path of its address", async () => {
    const { address, requests } = await start((response) => response.end("[]"));
    await new FurzeClient({ address: `${address}/furze//` }).popular();
    expect(requests[0]?.line).toBe("GET /furze/api/popular");
  });

  it("tells what a server refuses, and whether to try again", async () => {
    const { client } = await start((response, { line }) => {
      response.writeHead(line.includes("gone") ? 404 : 503, { "X-Request-ID": "r1" }).end("gone: user not found");
    });
    const missing = await failure(client.getUser("gone"));
    expect(missing).toMatchObject({ code: "HTTP", status: 404, requestId: "r1", isRetryable: false });
    expect(missing.message).toBe("gone: user not found");
    expect(await failure(client.getUser("other"))).toMatchObject({ status: 503, isRetryable: true });
  });

  it("tells that nobody answers, in time or at all, and what is no answer of Furze", async () => {
    expect(await failure(new FurzeClient({ address: "http://127.0.0.1:1" }).live())).toMatchObject({
      code: "CONNECTION",
      status: 0,
    });
    const silent = await start(() => undefined, { timeoutMs: 20 });
    expect(await failure(silent.client.live())).toMatchObject({ code: "TIMEOUT", isRetryable: true });
    const page = await start((response) => response.end("<html>"));
    expect(await failure(page.client.live())).toMatchObject({ code: "INVALID_ANSWER", status: 200, isRetryable: false });
  });

  it("ends with the reason of the caller's signal", async () => {
    const controller = new AbortController();
    const { client } = await start(() => controller.abort(new Error("enough")));
    await expect(client.live({ signal: controller.signal })).rejects.toThrow("enough");
  });

  it("refuses what cannot be sent", async () => {
    const client = new FurzeClient({ address: "http://127.0.0.1:1" });
    for (const id of ["", ".", ".."]) expect(() => client.getUser(id)).toThrow(FurzeClientError);
    for (const address of ["", "localhost:8087", "ftp://x"]) expect(() => new FurzeClient({ address })).toThrow(/address must/);
  });
});

describe("the generated operations", () => {
  it("are what the API's document says now", () => {
    const cwd = fileURLToPath(new URL("..", import.meta.url));
    const args = ["--conditions=@furze/source", "--disable-warning=ExperimentalWarning", "generate.mjs", "--check"];
    const { status, stderr } = spawnSync(process.execPath, args, { cwd, encoding: "utf8" });
    expect([status, stderr]).toEqual([0, ""]);
  });
});
