import { afterEach, describe, expect, it } from "vitest";
import { type RecordingServer, type Reply, startRecordingServer } from "../testing/recording-server.ts";
import { HttpJson } from "./http-json.ts";

let server: RecordingServer;
afterEach(() => server.close());

async function connect(...replies: Reply[]): Promise<HttpJson> {
  server = await startRecordingServer((_, index) => replies[Math.min(index, replies.length - 1)] ?? "break");
  return new HttpJson({ url: `${server.url}/`, apiKey: "secret", attempts: 2 });
}

describe("HttpJson", () => {
  it("sends key and body, and gives the answer", async () => {
    const http = await connect({ json: { RowAffected: 1 } });
    expect(await http.request("PUT", "/api/feedback", { body: [1] })).toEqual({ RowAffected: 1 });
    expect(server.requests).toEqual([{ method: "PUT", path: "/api/feedback", apiKey: "secret", body: [1] }]);
  });

  it.each<[string, Reply]>([
    ["503", { status: 503, text: "loading" }],
    ["a broken connection", "break"],
  ])("tries again after %s", async (_, reply) => {
    const http = await connect(reply, { json: "fine" });
    expect(await http.request("GET", "/")).toBe("fine");
    expect(server.requests).toHaveLength(2);
  });

  it("gives up after the last try", async () => {
    const http = await connect("break");
    await expect(http.request("GET", "/")).rejects.toMatchObject({ code: "UNAVAILABLE", status: undefined });
    expect(server.requests).toHaveLength(2);
  });

  it("does not repeat what the server refuses, and keeps its words but not the key", async () => {
    const http = await connect({ status: 401, text: "unauthorized" });
    await expect(http.request("GET", "/api/users")).rejects.toMatchObject({
      status: 401,
      message: `GET ${server.url}/api/users answered 401: unauthorized. Set FURZE_SERVER_API_KEY to the server's key.`,
    });
    expect(server.requests).toHaveLength(1);
  });

  it("says so when something else than a Furze server answers", async () => {
    const http = await connect({ status: 200, text: "<html>" });
    await expect(http.request("GET", "/x")).rejects.toThrow(`${server.url}/x did not answer with JSON.`);
  });
});
