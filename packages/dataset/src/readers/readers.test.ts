import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AbortError, ZERO_TIME_MS } from "@furze/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadDataset } from "../load-dataset.ts";
import { InvalidRowError, type ReadableBatches, readFeedback, readItems, readMovieLens, readUsers } from "./index.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "furze-readers-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function file(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

async function all<Row>(batches: ReadableBatches<Row>): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const batch of batches) rows.push(...batch);
  return rows;
}

describe("readItems, readUsers, readFeedback", () => {
  it("read CSV with quotes, a byte order mark and header names in any case", async () => {
    const path = await file(
      "items.csv",
      '\ufeffitem_id,is_hidden,categories,timestamp,labels,comment\n"a,1",1,x|y,2020-01-02T03:04:05Z,"{""k"":[""v""]}","said ""hi""\nbye"\nb,,,,p|q,\n',
    );
    expect(await all(readItems(path))).toEqual([
      {
        itemId: "a,1",
        isHidden: true,
        categories: ["x", "y"],
        timestampMs: Date.UTC(2020, 0, 2, 3, 4, 5),
        labels: { k: ["v"] },
        comment: 'said "hi"\nbye',
      },
      { itemId: "b", isHidden: false, categories: [], timestampMs: ZERO_TIME_MS, labels: ["p", "q"], comment: "" },
    ]);
  });

  it("read JSON lines in the form of the REST API", async () => {
    const path = await file("users.jsonl", '{"UserId":"u","Labels":{"a":1},"Comment":"c"}\n\n{"userId":7,"labels":null}\n');
    expect(await all(readUsers(path))).toEqual([
      { userId: "u", labels: { a: 1 }, comment: "c" },
      { userId: "7", labels: null, comment: "" },
    ]);
  });

  it("map columns, delimiter, unit and a fixed feedback type", async () => {
    const path = await file("events.tsv", "who\twhat\tstars\twhen\nu\ti\t4.5\t1000\n");
    const columns = { userId: "who", itemId: "what", value: "stars", timestamp: "when" };
    const [row] = await all(readFeedback(path, { columns, feedbackType: "rating", timeUnit: "ms" }));
    expect(row).toMatchObject({ feedbackType: "rating", userId: "u", itemId: "i", value: 4.5, timestampMs: 1000 });
    await expect(all(readFeedback(path, { columns }))).rejects.toThrow("feedbackType is missing");
  });

  it("take a time without a zone as UTC", async () => {
    const path = await file("zone.csv", "userId,itemId,feedbackType,timestamp\nu,i,t,2020-01-02 03:04:05\n");
    expect((await all(readFeedback(path)))[0]?.timestampMs).toBe(Date.UTC(2020, 0, 2, 3, 4, 5));
  });

  it.each([
    ["wrong.csv", "userId,itemId,feedbackType,value\nu,i,t,1\nu,i,t,many\n", 3, "value is not a number"],
    ["short.csv", "userId,itemId,feedbackType\nu,i\nu,i,t\n", 2, "2 columns"],
    ["empty.csv", "userId,itemId,feedbackType\nu,i,t\n,i,t\n", 3, "userId is missing"],
    ["quote.csv", 'userId,itemId,feedbackType\nu,i,t\nu,"i"x,t\n', 3, "quote"],
    ["broken.jsonl", '{"userId":"u","itemId":"i","feedbackType":"t"}\n{"userId"\n', 2, "is not JSON"],
    ["list.jsonl", "[1]\n", 1, "not a JSON object"],
  ])("tell line and reason of a broken row in %s, or pass over it", async (name, text, line, reason) => {
    const path = await file(name, text);
    const error = await all(readFeedback(path)).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(InvalidRowError);
    expect(error).toMatchObject({ file: path, line, reason: expect.stringMatching(new RegExp(reason, "i")) });
    const bad: number[] = [];
    const rows = await all(readFeedback(path, { skipBadRows: true, onBadRow: (row) => bad.push(row.line) }));
    expect(bad).toEqual([line]);
    expect(rows).toHaveLength(name === "list.jsonl" ? 0 : 1);
  });

  it("give batches, stop when aborted, and fail on a missing file", async () => {
    const path = await file("many.csv", `userId\n${Array.from({ length: 25 }, (_, i) => `u${i}`).join("\n")}\n`);
    const controller = new AbortController();
    const sizes: number[] = [];
    const read = async () => {
      for await (const batch of readUsers(path, { batchSize: 10, signal: controller.signal })) {
        sizes.push(batch.length);
        if (sizes.length === 2) controller.abort();
      }
    };
    await expect(read()).rejects.toThrow(AbortError);
    expect(sizes).toEqual([10, 10]);
    await expect(all(readUsers(join(folder, "none.csv")))).rejects.toThrow("ENOENT");
    await expect(all(readUsers(join(folder, "none.jsonl")))).rejects.toThrow("ENOENT");
  });
});

describe("readMovieLens", () => {
  it("makes records of the three files", async () => {
    await file("movies.csv", 'movieId,title,genres\n1,"Story, A (1995)",Comedy|Drama\n2,Untitled,(no genres listed)\n');
    await file("tags.csv", "userId,movieId,tag,timestamp\n9,1,Funny,1\n8,1,funny ,2\n");
    await file("ratings.csv", "userId,movieId,rating,timestamp\n5,1,4.0,100\n5,2,1.5,200\n6,1,3.0,300\n");
    const { users, items, feedback } = readMovieLens(folder);
    expect(await all(users)).toEqual(["5", "6"].map((userId) => ({ userId, labels: {}, comment: "" })));
    expect(await all(items)).toEqual([
      {
        itemId: "1",
        isHidden: false,
        categories: ["Comedy", "Drama"],
        timestampMs: Date.UTC(1995, 0, 1),
        labels: { genres: ["Comedy", "Drama"], tags: ["funny"] },
        comment: "Story, A (1995)",
      },
      {
        itemId: "2",
        isHidden: false,
        categories: [],
        timestampMs: ZERO_TIME_MS,
        labels: { genres: [], tags: [] },
        comment: "Untitled",
      },
    ]);
    const rows = await all(feedback);
    expect(rows).toHaveLength(3);
    expect(rows[1]).toMatchObject({ feedbackType: "rating", userId: "5", itemId: "2", value: 1.5, timestampMs: 200_000 });
  });

  it("loads the example data set whole", { timeout: 30_000 }, async () => {
    const example = new URL("../../../../examples/movielens-small", import.meta.url).pathname;
    const roles = { positive: [{ feedbackType: "rating" }], negative: [], read: [] };
    const { counts } = await loadDataset({ ...readMovieLens(example), roles });
    expect(counts).toMatchObject({ numUsers: 610, numItems: 9742, numPositive: 100_836 });
  });
});
