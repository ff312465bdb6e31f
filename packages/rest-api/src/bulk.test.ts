import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startTestApi, type TestApi } from "../test/test-api.ts";
import { MAX_LINE_BYTES } from "./bulk/read-lines.ts";
import { createMasterApi, listen, type RestApiOptions, type RunningServer } from "./index.ts";

interface RecordedFile {
  readonly name: string;
  readonly path: string;
  readonly contentType: string;
  readonly contentDisposition: string;
  readonly lines: readonly string[];
}

/** First and last lines of the files that Gorse v0.5.11 gave. */
const files: readonly RecordedFile[] = JSON.parse(readFileSync(new URL("../test/gorse-files.json", import.meta.url), "utf8"));

let api: TestApi;
let server: RunningServer;
let triggers: number;

async function start(options: RestApiOptions = {}): Promise<void> {
  api = await startTestApi(options);
  triggers = 0;
  const trigger = (): boolean => ++triggers > 0;
  const app = createMasterApi({
    ...api.dependencies,
    tasks: { tasks: () => [] },
    cluster: { nodes: () => [] },
    trainer: { trigger, state: { models: [] } },
  });
  server = await listen(app, { port: 0 });
}

beforeEach(() => start());
afterEach(async () => {
  await server.close();
  await api[Symbol.asyncDispose]();
});

const bytewise = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

async function send(path: string, body: string | FormData, contentType?: string): Promise<[number, string]> {
  const headers = contentType === undefined ? {} : { "content-type": contentType };
  const answer = await fetch(server.address + path, { method: "POST", body, headers });
  return [answer.status, await answer.text()];
}

const sendLines = (path: string, lines: readonly string[]) => send(path, lines.join("\n"), "application/jsonl");

function form(content: string, field = "file"): FormData {
  const data = new FormData();
  data.set("comment", "not the file");
  data.set(field, new Blob([content]), "rows.jsonl");
  return data;
}

describe("files of Gorse", () => {
  it.each(files)("$name: what was exported there is imported, and exported alike", async (file) => {
    const { path, lines, contentType, contentDisposition } = file;
    const expected = `{\n "RowAffected": ${lines.length}\n}`;
    expect(await send(path, form(`${lines.join("\n")}\n`))).toEqual([200, expected]);
    const answer = await fetch(server.address + path);
    expect(answer.headers.get("content-type")).toBe(contentType);
    expect(answer.headers.get("content-disposition")).toBe(contentDisposition);
    expect(await answer.text()).toBe(`${lines.toSorted(bytewise).join("\n")}\n`);
    expect(triggers).toBe(1);
  });
});

describe("import", () => {
  it("takes a form, a plain body, Windows' line ends, empty lines, a byte order mark and a last line without an end", async () => {
    const text = '\uFEFF{"UserId":"ä"}\r\n\r\n{"userid":"b","Other":1}\n\n{"UserId":"c"}';
    for (const body of [form(text), text]) {
      const type = typeof body === "string" ? "application/x-ndjson; charset=utf-8" : undefined;
      expect(await send("/api/bulk/users", body, type)).toEqual([200, '{\n "RowAffected": 3\n}']);
    }
    expect(await api.dataStore.users.count()).toBe(3);
  });

  it("names the line of a fault; what stands before it is stored, and learned from", async () => {
    const good = Array.from({ length: 7000 }, (_, place) => `{"UserId":"u${place}"}`);
    expect(await sendLines("/api/bulk/users", [...good, "", '{"UserId":""}', '{"UserId":"z"}'])).toEqual([
      400,
      "line 7002: UserId must not be empty; the first 7001 lines are stored",
    ]);
    expect(await api.dataStore.users.count()).toBe(7000);
    expect(triggers).toBe(1);
    const faults: [string, string, string][] = [
      ["users", "{", "line 1: unexpected EOF; nothing is stored"],
      ["users", '{"UserId":"a","Labels":[true]}', "line 1: unsupported labels: [true]; nothing is stored"],
      ["items", '{"ItemId":"a","Timestamp":"bad"}', 'line 1: Could not find format for "bad"; nothing is stored'],
      ["feedback", '{"FeedbackType":"a","UserId":"a"}', "line 1: ItemId must not be empty; nothing is stored"],
    ];
    for (const [kind, line, message] of faults) {
      const [status, text] = await sendLines(`/api/bulk/${kind}`, [line]);
      expect([status, text]).toEqual([400, message]);
    }
    expect(triggers).toBe(1);
  });

  it("refuses other types, forms without the file and forms that are none", async () => {
    expect((await send("/api/bulk/users", "{}", "application/json"))[0]).toBe(415);
    expect(await send("/api/bulk/users", form("{}", "other"))).toEqual([400, "http: no such file"]);
    const [status, text] = await send("/api/bulk/users", "x", "multipart/form-data");
    expect([status, text]).toEqual([400, expect.stringMatching(/boundary/i)]);
  });

  it("refuses a line that is too long without holding it, and a form that breaks off", async () => {
    const long = `{"UserId":"a"}\n{"UserId":"${"x".repeat(MAX_LINE_BYTES)}`;
    const message = `line 2 is longer than ${MAX_LINE_BYTES} bytes; nothing is stored`;
    expect(await send("/api/bulk/users", long, "application/jsonl")).toEqual([413, message]);
    const half = '--x\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\n{"UserId":"a"}\n{"User';
    const [status, text] = await send("/api/bulk/users", half, "multipart/form-data; boundary=x");
    expect([status, text]).toEqual([400, expect.stringMatching(/^unexpected EOF/)]);
    expect(await api.dataStore.users.count()).toBe(0);
  });

  it("replaces feedback, keeps when it last happened, and creates users and items", async () => {
    const row = (value: number, updated: string) =>
      `{"FeedbackType":"t","UserId":"u","ItemId":"i","Value":${value},"Timestamp":"2024-01-01","Updated":"${updated}"}`;
    await sendLines("/api/bulk/feedback", [row(1, "2024-01-02"), row(2, "2024-01-03")]);
    const [stored] = await api.dataStore.feedback.ofPair("u", "i");
    expect(stored).toMatchObject({ value: 2, updatedMs: Date.UTC(2024, 0, 3), timestampMs: Date.UTC(2024, 0, 1) });
    expect([await api.dataStore.users.count(), await api.dataStore.items.count()]).toEqual([1, 1]);
  });

  it("keeps quotas, and is not bound by the size of other bodies", async () => {
    await server.close();
    await api[Symbol.asyncDispose]();
    await start({ maxBodyBytes: 100, quota: { maxUsers: 6000 } });
    const lines = Array.from({ length: 6000 }, (_, place) => `{"UserId":"u${place}"}`);
    expect((await sendLines("/api/bulk/users", lines))[0]).toBe(200);
    const [status, text] = await sendLines("/api/bulk/users", [...lines.slice(0, 5000), '{"UserId":"one more"}']);
    expect([status, text]).toEqual([429, "users count exceeds limit (6001 > 6000); the first 5000 lines are stored"]);
  });
});

describe("export", () => {
  it("hides rows of the future", async () => {
    const row = (ItemId: string, Timestamp: string) => ({ FeedbackType: "t", UserId: "u", ItemId, Timestamp });
    await api.call("POST", "/api/feedback", [row("now", "2026-11-24T12:00:00Z"), row("later", "2026-11-25T12:00:00Z")]);
    const text = await (await fetch(`${server.address}/api/bulk/feedback`)).text();
    expect(text.trim().split("\n")).toEqual([expect.stringContaining('"ItemId":"now"')]);
  });

  it("reads only as fast as it is read from, and stops when the reader leaves", async () => {
    let batches = 0;
    let isOver = false;
    api.dataStore.users.scan = async function* () {
      try {
        for (; batches < 1_000_000; batches++) yield [{ userId: `u${batches}`, labels: null, comment: "x".repeat(1 << 20) }];
      } finally {
        isOver = true;
      }
    };
    const socket = connect(server.port, "127.0.0.1");
    socket.write("GET /api/bulk/users HTTP/1.1\r\nHost: x\r\n\r\n");
    await new Promise((resolve) => socket.once("readable", resolve));
    // Nothing is read from the socket: the scan comes to rest when all buffers on the way are full.
    let seen = -1;
    const isAtRest = (): boolean => {
      const isSame = seen === batches;
      seen = batches;
      return isSame;
    };
    await expect.poll(isAtRest, { interval: 200 }).toBe(true);
    expect(batches).toBeLessThan(100);
    expect(isOver).toBe(false);
    socket.destroy();
    await expect.poll(() => isOver).toBe(true);
  });

  it("breaks off when the scan fails, so that the file does not look whole, and logs why", async () => {
    api.dataStore.users.scan = async function* () {
      yield [{ userId: "u", labels: null, comment: "" }];
      throw new Error("the disk is gone");
    };
    const answer = await fetch(`${server.address}/api/bulk/users`);
    await expect(answer.text()).rejects.toThrow();
    expect(api.lines.filter((line) => line.level === "error").map((line) => line.message)).toEqual(["export has broken off"]);
  });
});
