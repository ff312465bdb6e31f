import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { HttpJson } from "../rest/http-json.ts";
import { RestClient } from "../rest/rest-client.ts";
import { type CapturedIo, captureIo } from "../testing/captured-io.ts";
import { type RecordingServer, startRecordingServer } from "../testing/recording-server.ts";
import { fillFromExample } from "./fill-from-example.ts";

let root: string;
let io: CapturedIo;
let server: RecordingServer;
let hasItems: boolean;
let isRefusing: boolean;

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), "furze-fill-"));
  mkdirSync(join(root, "example"));
  writeFileSync(join(root, "example", "users.csv"), "user_id\nanna\n");
  io = captureIo();
  hasItems = false;
  isRefusing = false;
  server = await startRecordingServer(({ method }) => {
    if (method === "GET") return { json: { Items: hasItems ? [{}] : [] } };
    return isRefusing ? { status: 400, text: "no" } : { json: {} };
  });
});

afterEach(async () => {
  await server.close();
  rmSync(root, { recursive: true });
});

function fill(): Promise<boolean> {
  return fillFromExample({
    example: { name: "mine", folder: join(root, "example"), configFile: undefined },
    folder: { path: root, logs: root, blobs: root },
    client: new RestClient(new HttpJson({ url: server.url })),
    io,
    signal: new AbortController().signal,
  });
}

function uploads(): number {
  return server.requests.filter(({ method }) => method !== "GET").length;
}

describe("fillFromExample", () => {
  it("imports into an empty store", async () => {
    expect(await fill()).toBe(true);
    expect(uploads()).toBe(1);
  });

  it("keeps data that are there, and says so", async () => {
    hasItems = true;
    expect(await fill()).toBe(false);
    expect(uploads()).toBe(0);
    expect(io.lines).toEqual(["There are data already: they are kept, and the example mine is not imported again."]);
  });

  it("imports again after an import that was cut off, and only then", async () => {
    isRefusing = true;
    await expect(fill()).rejects.toThrow("answered 400: no.");
    expect(existsSync(join(root, "import-unfinished"))).toBe(true);
    [isRefusing, hasItems] = [false, true];
    expect(await fill()).toBe(true);
    expect(await fill()).toBe(false);
    expect(uploads()).toBe(2);
  });
});
