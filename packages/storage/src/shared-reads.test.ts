import { expect, it } from "vitest";
import { SharedReads } from "./shared-reads.ts";

/** Reads that answer with the key in capitals, of all but `missing`, and what was asked for. */
function recording(): { reads: SharedReads<string>; asked: (readonly string[])[] } {
  const asked: (readonly string[])[] = [];
  const reads = new SharedReads(async (keys) => {
    asked.push(keys);
    return new Map(keys.filter((key) => key !== "missing").map((key) => [key, key.toUpperCase()]));
  });
  return { reads, asked };
}

it("sends what one turn of the event loop asks for as one read, each key once", async () => {
  const { reads, asked } = recording();
  const first = reads.one("a");
  const later = new Promise((resolve) => process.nextTick(() => resolve(reads.one("b"))));
  expect(await Promise.all([first, later, reads.one("missing"), reads.one("a")])).toEqual(["A", "B", undefined, "A"]);
  expect(asked).toEqual([["a", "missing", "b"]]);
});

it("reads anew for the next turn, also while a read is under way", async () => {
  const asked: (readonly string[])[] = [];
  const answers: ((value: ReadonlyMap<string, string>) => void)[] = [];
  const reads = new SharedReads<string>((keys) => {
    asked.push(keys);
    return new Promise((resolve) => answers.push(resolve));
  });
  const first = reads.one("a");
  reads.flush();
  const second = reads.one("a");
  reads.flush();
  expect(asked).toEqual([["a"], ["a"]]);
  answers[1]?.(new Map([["a", "new"]]));
  answers[0]?.(new Map([["a", "old"]]));
  expect(await Promise.all([first, second])).toEqual(["old", "new"]);
});

it("fails all that share a read, and only those", async () => {
  let reason: Error | undefined = new Error("down");
  const reads = new SharedReads(async (keys) => {
    if (reason !== undefined) throw reason;
    return new Map(keys.map((key) => [key, key]));
  });
  const failed = [reads.one("a"), reads.one("b")].map((call) => expect(call).rejects.toBe(reason));
  await Promise.all(failed);
  reason = undefined;
  expect(await reads.one("a")).toBe("a");
});

it("lets one caller give up without the others", async () => {
  const { reads, asked } = recording();
  const abort = new AbortController();
  const [given, kept] = [reads.one("a", { signal: abort.signal }), reads.one("a")];
  abort.abort("enough");
  await expect(given).rejects.toMatchObject({ code: "ABORTED", cause: "enough" });
  expect(await kept).toBe("A");
  await expect(reads.one("b", { signal: abort.signal })).rejects.toMatchObject({ code: "ABORTED" });
  expect(asked).toEqual([["a"]]);
});

it("sends at once when told to, and not again at the end of the turn", async () => {
  const { reads, asked } = recording();
  const read = reads.one("a");
  reads.flush();
  expect(asked).toEqual([["a"]]);
  await new Promise((resolve) => setImmediate(resolve));
  reads.flush();
  expect(await read).toBe("A");
  expect(asked.length).toBe(1);
});
