import { createHash } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import { ApiProcess } from "./support/api-process.ts";
import { TestSystem } from "./support/system.ts";

const KEY = "bulk-key";
const CONFIG = `
[master]
admin_api_key = "${KEY}"

[server]
api_key = "${KEY}"

[recommend.data_source]
positive_feedback_types = ["like"]
`;

const NUM_USERS = 2000;
const ROWS_OF_USER = 50;
const NUM_ROWS = NUM_USERS * ROWS_OF_USER;

/** Ids that are in order bytewise, as a store gives them back. */
const idOf = (place: number): string => String(place).padStart(6, "0");

function* feedbackLines(numRows: number): Generator<string> {
  for (let place = 0; place < numRows; place++) {
    const user = idOf(Math.floor(place / ROWS_OF_USER));
    const item = idOf(place % ROWS_OF_USER);
    const time = new Date(Date.UTC(2024, 0, 1) + place * 60_000).toISOString().replace(".000Z", "Z");
    const times = `"Timestamp":"${time}","Updated":"${time}"`;
    yield `{"FeedbackType":"like","UserId":"u${user}","ItemId":"i${item}","Value":${place % 7},${times},"Comment":""}\n`;
  }
}

/** Lines in pieces that end where they end, not where a line does. */
async function* pieces(lines: Iterable<string>): AsyncGenerator<Uint8Array> {
  let text = "";
  for (const line of lines) {
    text += line;
    if (text.length < 100_003) continue;
    yield Buffer.from(text.slice(0, 100_003));
    text = text.slice(100_003);
  }
  yield Buffer.from(text);
}

async function send(url: string, body: AsyncIterable<Uint8Array>, contentType: string): Promise<Response> {
  const headers = { "content-type": contentType, "x-api-key": KEY };
  return fetch(url, { method: "POST", headers, body: ReadableStream.from(body), duplex: "half" });
}

async function digest(parts: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash("sha256");
  for await (const part of parts) hash.update(part);
  return hash.digest("hex");
}

const system = new TestSystem({ apiKey: KEY });
beforeAll(() => system.start(CONFIG));
afterAll(() => system.stop());

const open = async (path: string): Promise<AsyncIterable<Uint8Array>> => {
  const response = await fetch(system.masterUrl + path, { headers: { "x-api-key": KEY } });
  if (response.status !== 200 || response.body === null) throw new Error(`GET ${path}: ${response.status}`);
  return response.body;
};

it(`a master takes ${NUM_ROWS} rows of feedback from a file, and gives back the same file`, async () => {
  const url = `${system.masterUrl}/api/bulk/feedback`;
  expect((await fetch(url)).status).toBe(401);
  const answer = await send(url, pieces(feedbackLines(NUM_ROWS)), "application/jsonl");
  expect(await answer.json()).toEqual({ RowAffected: NUM_ROWS });
  const exported = await digest(await open("/api/bulk/feedback"));
  expect(exported).toBe(await digest(pieces(feedbackLines(NUM_ROWS))));
  await system.until("the master has learned from the file", async () =>
    (await system.tasks()).some((task) => task.Name === "Load Dataset" && task.Status === "Complete"),
  );
});

it("the master shows what it has taken, and its configuration without the keys", async () => {
  const show = async (path: string): Promise<string> => {
    const response = await fetch(`${system.masterUrl}/api/dashboard/${path}`, { headers: { "x-api-key": KEY } });
    expect(response.status).toBe(200);
    return response.text();
  };
  expect(JSON.parse(await show("stats"))).toMatchObject({ NumUsers: NUM_USERS, NumItems: ROWS_OF_USER, NumServers: 1 });
  const config = await show("config");
  expect(config).not.toContain(KEY);
  expect(JSON.parse(config)).toMatchObject({ recommend: { data_source: { positive_feedback_types: ["like"] } } });
  const history = JSON.parse(await show("user/u000000/feedback?n=3")) as { Item: { ItemId: string } }[];
  expect(history.map((row) => row.Item.ItemId)).toEqual(["i000049", "i000048", "i000047"]);
  const script = Buffer.from("[user_id]").toString("base64");
  expect(JSON.parse(await show(`external?script=${script}&user-id=u000000`))).toEqual(["u000000"]);
});

it("what is dumped, purged and restored is the same again", async () => {
  const before = await digest(await open("/api/dump"));
  const dump: Uint8Array[] = [];
  for await (const piece of await open("/api/dump")) dump.push(piece);
  const checks = "check_list=delete_users,delete_items,delete_feedback,delete_cache";
  const headers = { "x-api-key": KEY, "content-type": "application/x-www-form-urlencoded" };
  const purged = await fetch(`${system.masterUrl}/api/purge`, { method: "POST", headers, body: checks });
  expect([purged.status, await purged.text()]).toEqual([200, ""]);
  expect(await digest(await open("/api/bulk/feedback"))).toBe(await digest(pieces([])));

  const answer = await send(`${system.masterUrl}/api/restore`, ReadableStream.from(dump), "application/octet-stream");
  expect(await answer.json()).toMatchObject({ Users: NUM_USERS, Items: ROWS_OF_USER, Feedback: NUM_ROWS });
  expect(await digest(await open("/api/dump"))).toBe(before);
  await system.train();
  const failed = (await system.tasks()).filter((task) => task.Status === "Failed");
  expect(failed).toEqual([]);
});

it("a file is never held in memory, neither on its way in nor out", async () => {
  // Objects of 300,000 rows take more than twice of what the process may have: it would end.
  const numRows = 300_000;
  const api = await ApiProcess.start({}, ["--max-old-space-size=64", "--max-semi-space-size=8"]);
  try {
    const url = `${api.address}/api/bulk/feedback`;
    const answer = await send(url, pieces(feedbackLines(numRows)), "application/jsonl");
    expect(await answer.json()).toEqual({ RowAffected: numRows });
    const { body } = await fetch(url);
    expect(await digest(body ?? pieces([]))).toBe(await digest(pieces(feedbackLines(numRows))));
    expect(api.isRunning).toBe(true);
  } finally {
    await api.stop();
  }
});
