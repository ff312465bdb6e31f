import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { runCli } from "../cli.ts";
import { type CapturedIo, captureIo } from "../testing/captured-io.ts";
import { type RecordingServer, startRecordingServer } from "../testing/recording-server.ts";

const root = mkdtempSync(join(tmpdir(), "furze-import-"));
let server: RecordingServer;
let io: CapturedIo;

beforeEach(async () => {
  server = await startRecordingServer((request) => ({ json: { RowAffected: (request.body as unknown[]).length } }));
  io = captureIo({ FURZE_SERVER_API_KEY: "secret" });
});
afterEach(() => server.close());
afterAll(() => rmSync(root, { recursive: true }));

function folder(name: string, files: Readonly<Record<string, string>>): string {
  const path = join(root, name);
  mkdirSync(path, { recursive: true });
  for (const [file, text] of Object.entries(files)) writeFileSync(join(path, file), text);
  return path;
}

function runImport(format: string, path: string, ...more: string[]): Promise<number> {
  return runCli(["import", "--format", format, path, "--url", server.url, ...more], io);
}

const movies = 'movieId,title,genres\n1,"Heat, again (1995)",Action|Crime\n2,Alien,(no genres listed)\n';
const tags = "userId,movieId,tag,timestamp\n7,2,Space,1\n";

describe("furze import", () => {
  it("sends a MovieLens folder as items, users and feedback", async () => {
    const path = folder("ml", {
      "movies.csv": movies,
      "tags.csv": tags,
      "ratings.csv": "userId,movieId,rating,timestamp\n7,1,4.5,100\n7,2,3,200\n8,2,1,300\n",
    });
    expect(await runImport("movielens", path, "--batch", "2")).toBe(0);
    expect(server.requests.map(({ method, path: route, apiKey }) => [method, route, apiKey])).toEqual([
      ["POST", "/api/items", "secret"],
      ["POST", "/api/users", "secret"],
      ["PUT", "/api/feedback", "secret"],
      ["PUT", "/api/feedback", "secret"],
    ]);
    expect(server.requests[0]?.body).toEqual([
      {
        ItemId: "1",
        IsHidden: false,
        Categories: ["Action", "Crime"],
        Timestamp: "1995-01-01T00:00:00.000Z",
        Labels: { genres: ["Action", "Crime"], tags: [] },
        Comment: "Heat, again (1995)",
      },
      {
        ItemId: "2",
        IsHidden: false,
        Categories: [],
        Timestamp: "0001-01-01T00:00:00.000Z",
        Labels: { genres: [], tags: ["space"] },
        Comment: "Alien",
      },
    ]);
    expect(server.requests.slice(2).flatMap(({ body }) => body)).toContainEqual({
      FeedbackType: "rating",
      UserId: "7",
      ItemId: "1",
      Value: 4.5,
      Timestamp: "1970-01-01T00:01:40.000Z",
      Comment: "",
    });
    expect(io.lines.join("\n")).toMatch(/^Imported 2 items, 2 users and 3 feedback rows in \d+\.\d s \([\d,]+ rows\/s\)\.$/);
  });

  it("stops at a broken line, names it, and says what was imported before", async () => {
    const path = folder("broken", {
      "movies.csv": movies,
      "tags.csv": tags,
      "ratings.csv": "userId,movieId,rating,timestamp\n7,1,4.5,100\n7,2,many,200\n8,2,1,300\n",
    });
    expect(await runImport("movielens", path, "--batch", "1")).toBe(1);
    expect(io.errors.join("\n")).toContain("ratings.csv, line 3: rating is not a number");
    expect(io.errors.join("\n")).toContain("2 items, 2 users and 1 feedback rows were imported before; nothing after.");
    expect(server.requests.filter(({ path: route }) => route === "/api/feedback")).toHaveLength(1);
  });

  it("skips and counts broken lines when told to", async () => {
    const path = folder("skip", {
      "movies.csv": movies,
      "tags.csv": tags,
      "ratings.csv": "userId,movieId,rating,timestamp\n7,1\n7,2,many,200\n8,2,1,300\n",
    });
    expect(await runImport("movielens", path, "--skip-bad-rows")).toBe(0);
    expect(io.errors).toHaveLength(2);
    expect(io.lines.join("\n")).toMatch(/1 feedback rows .* 2 bad rows were skipped\.$/);
  });

  it("reads CSV files and JSON lines by their names", async () => {
    const csv = folder("csv", { "feedback.csv": "feedback_type,user_id,item_id,time_stamp\nlike,u,i,2024-01-02\n" });
    expect(await runImport("csv", csv)).toBe(0);
    const jsonl = folder("jsonl", { "users.jsonl": '{"UserId":"u","Labels":{"a":1},"Comment":"c"}\n' });
    expect(await runImport("jsonl", join(jsonl, "users.jsonl"))).toBe(0);
    expect(server.requests.map(({ path: route }) => route)).toEqual(["/api/feedback", "/api/users"]);
    expect(server.requests[1]?.body).toEqual([{ UserId: "u", Labels: { a: 1 }, Comment: "c" }]);
  });

  it("says what is missing in a folder", async () => {
    expect(await runImport("csv", folder("empty", {}))).toBe(1);
    expect(io.errors[0]).toContain("has none of items.csv, users.csv, feedback.csv.");
    expect(await runImport("movielens", join(root, "empty"))).toBe(1);
    expect(io.errors[1]).toContain("ratings.csv is missing; a MovieLens folder has it.");
  });

  it("stops when the server refuses rows", async () => {
    await server.close();
    server = await startRecordingServer((_, index) => (index === 1 ? { status: 400, text: "bad labels" } : { json: {} }));
    const rows = ["a", "b", "c", "d", "e", "f"].map((id) => `${id}\n`).join("");
    const path = folder("refused", { "users.csv": `user_id\n${rows}` });
    expect(await runImport("csv", path, "--batch", "1")).toBe(1);
    expect(io.errors[0]).toContain("answered 400: bad labels.");
    expect(server.requests.length).toBeLessThan(6);
  });
});
