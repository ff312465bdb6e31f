import { connect, type Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ApiProcess } from "./support/api-process.ts";
import { fuzzApi } from "./support/fuzz-api.ts";
import { MALFORMED_KINDS, malformedRequest, seededRandom } from "./support/malformed-requests.ts";

const LIMITS = { headersTimeoutMs: 400, requestTimeoutMs: 800 };

let api: ApiProcess;
beforeAll(async () => {
  api = await ApiProcess.start({ listen: LIMITS });
});
afterAll(() => api.stop());

const answers = async (): Promise<number> => (await fetch(`${api.address}/api/health/ready`)).status;

describe("malformed requests", () => {
  it("are answered below 500 or cut off, two thousand of them, and the server goes on", async () => {
    const result = await fuzzApi({ port: api.port, count: 2000, seed: 20_261_124, concurrency: 8, timeoutMs: 20_000 });
    expect(result.failures).toEqual([]);
    expect(result.stuck).toEqual([]);
    expect([...result.answers.keys()]).toEqual(expect.arrayContaining(["200", "400", "404", "405", "415", "none"]));
    expect([...result.answers.values()].reduce((sum, count) => sum + count)).toBe(2000);
    expect(api.errors).toBe("");
    expect(await answers()).toBe(200);
  });

  it("are of every kind and the same for the same seed", () => {
    const first = seededRandom(5);
    const requests = Array.from({ length: 500 }, () => malformedRequest(first));
    const second = seededRandom(5);
    expect(Array.from({ length: 500 }, () => malformedRequest(second))).toEqual(requests);
    expect(new Set(requests.map((request) => request.kind))).toEqual(new Set(MALFORMED_KINDS));
  });
});

describe("callers that take their time", () => {
  /** Resolves with what the server has said when it has closed the connection. */
  function open(firstBytes: string): Promise<string> {
    return new Promise((resolve) => {
      let text = "";
      const socket: Socket = connect(api.port, "127.0.0.1", () => socket.write(firstBytes));
      socket.on("data", (chunk) => (text += chunk));
      socket.on("error", () => undefined);
      socket.on("close", () => resolve(text));
    });
  }

  it("are cut off, and keep nobody else waiting", async () => {
    const heads = Array.from({ length: 100 }, () => open("POST /api/user HTTP/1.1\r\nHost: x\r\nX-Slow: "));
    const head = "POST /api/user HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n";
    const bodies = Array.from({ length: 100 }, () => open(`${head}{"UserId":`));
    expect(await answers()).toBe(200);
    for (const text of await Promise.all(heads)) expect(text).toMatch(/^HTTP\/1\.1 408 |^$/);
    for (const text of await Promise.all(bodies)) expect(text).toMatch(/^HTTP\/1\.1 4\d\d |^$/);
    expect(await answers()).toBe(200);
    expect(api.errors).toBe("");
  });
});
