import { createServer } from "node:net";
import { Hono } from "hono";
import { describe, expect, it } from "vitest";
import { startTestApi } from "../test/test-api.ts";
import { createRestApi, ListenError, listen } from "./index.ts";

describe("listen", () => {
  it("serves the API with length and type, keeps connections alive, and closes", async () => {
    await using api = await startTestApi();
    const server = await listen(createRestApi(api.dependencies), { port: 0 });
    expect(server.address).toBe(`http://127.0.0.1:${server.port}`);
    const answer = await fetch(`${server.address}/api/health/live`);
    expect(answer.headers.get("content-length")).toBe("128");
    await answer.text();
    await server.close();
    await expect(fetch(`${server.address}/api/health/live`)).rejects.toThrow();
  });

  it("refuses a large body and goes on serving", async () => {
    await using api = await startTestApi({ maxBodyBytes: 1000 });
    const server = await listen(createRestApi(api.dependencies), { port: 0 });
    const post = async (body: string | ReadableStream): Promise<number> => {
      const headers = { "content-type": "application/json" };
      const answer = await fetch(`${server.address}/api/user`, {
        method: "POST",
        headers,
        body,
        duplex: "half",
      } as RequestInit);
      await answer.text();
      return answer.status;
    };
    const large = JSON.stringify({ UserId: "u", Comment: "x".repeat(2000) });
    expect(await post(large)).toBe(413);
    expect(await post(new Blob([large]).stream())).toBe(413);
    expect(await post(JSON.stringify({ UserId: "u" }))).toBe(200);
    expect(await post(new Blob([JSON.stringify({ UserId: "v" })]).stream())).toBe(200);
    await server.close();
    expect(await api.dataStore.users.count()).toBe(2);
  });

  it("lets a request in flight end, and cuts it when it takes too long", async () => {
    for (const [drainMs, ends] of [
      [60_000, true],
      [1, false],
    ] as const) {
      const started = Promise.withResolvers<void>();
      const release = Promise.withResolvers<void>();
      const app = new Hono().get("/", async (c) => {
        started.resolve();
        await release.promise;
        return c.text("done");
      });
      const server = await listen(app, { port: 0 });
      const answer = fetch(server.address).then(
        (response) => response.text(),
        () => "cut",
      );
      await started.promise;
      const closed = server.close({ drainMs });
      if (ends) release.resolve();
      expect(await answer).toBe(ends ? "done" : "cut");
      await closed;
      release.resolve();
      await server.close();
    }
  });

  it("names a port that is taken and a host that is not here", async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const port = (other.address() as { port: number }).port;
    const app = new Hono();
    const taken = await listen(app, { port }).catch((error: unknown) => error);
    expect(taken).toBeInstanceOf(ListenError);
    expect(taken).toMatchObject({
      code: "UNAVAILABLE",
      port,
      message: `Port ${port} on 127.0.0.1 is in use by another process: stop that process or choose another port.`,
    });
    await expect(listen(app, { host: "192.0.2.1", port: 0 })).rejects.toThrow(/192\.0\.2\.1 is not an address of this machine/);
    await new Promise((resolve) => other.close(resolve));
  });
});
