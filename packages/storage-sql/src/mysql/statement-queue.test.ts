import { describe, expect, test } from "vitest";
import { type StatementAnswer, StatementQueue } from "./statement-queue.ts";

/** A server that keeps what it is sent and fails at the statement `bad`. */
function serverOf(sent: string[][]): StatementQueue {
  return new StatementQueue(async (texts) => {
    sent.push([...texts]);
    if (texts.includes("bad")) throw new Error("deadlock");
    return texts.map((text): StatementAnswer => [[text]]);
  });
}

async function outcomes(calls: readonly Promise<StatementAnswer>[]): Promise<string[]> {
  const settled = await Promise.allSettled(calls);
  return settled.map((result) => (result.status === "fulfilled" ? "stored" : String(result.reason.message)));
}

describe("statements of a connection", () => {
  test("of one turn are one message, each with its own answer", async () => {
    const sent: string[][] = [];
    const queue = serverOf(sent);
    const first = [queue.run("a"), queue.run("b")];
    await Promise.resolve();
    const last = queue.run("c");
    expect(await Promise.all([...first, last])).toEqual([[["a"]], [["b"]], [["c"]]]);
    expect(sent).toEqual([["a", "b", "c"]]);
  });

  test("that are large go at once, with what waits; what comes meanwhile goes together", async () => {
    const sent: string[][] = [];
    const queue = serverOf(sent);
    const large = "x".repeat(20_000);
    const calls = [queue.run("a"), queue.run(large)];
    expect(sent).toEqual([["a", large]]);
    await Promise.all([...calls, queue.run("b"), queue.run("c")]);
    expect(sent.slice(1)).toEqual([["b", "c"]]);
  });

  test("are cut into messages that a server takes", async () => {
    const sent: string[][] = [];
    const queue = serverOf(sent);
    const [half, most] = ["h".repeat(600_000), "m".repeat(500_000)];
    await Promise.all([queue.run("a"), queue.run(half), queue.run(half), queue.run(most), queue.run("b")]);
    expect(sent.map((message) => message.map((text) => text[0]).join(""))).toEqual(["ah", "h", "mb"]);
  });

  test("are not sent once one of their transaction has failed, until it is rolled back", async () => {
    const sent: string[][] = [];
    const queue = serverOf(sent);
    const calls = ["BEGIN", "bad", "x".repeat(20_000), "COMMIT"].map((text) => queue.run(text));
    expect(await outcomes([...calls, queue.run("late")])).toEqual(Array(5).fill("deadlock"));
    expect(await outcomes([queue.run("later")])).toEqual(["deadlock"]);
    expect(sent.map((message) => message[0])).toEqual(["BEGIN"]);
    expect(await outcomes([queue.run("ROLLBACK"), queue.run("after")])).toEqual(["stored", "stored"]);
    expect(sent.at(-1)).toEqual(["ROLLBACK", "after"]);
  });

  test("that wait are given up for a rollback, which goes whatever becomes of those under way", async () => {
    const sent: string[][] = [];
    const { promise: failed, reject } = Promise.withResolvers<readonly StatementAnswer[]>();
    const queue = new StatementQueue(async (texts) => {
      sent.push([...texts]);
      return sent.length === 1 ? failed : texts.map(() => []);
    });
    const large = "x".repeat(20_000);
    const calls = ["BEGIN", large, "COMMIT", "ROLLBACK"].map((text) => queue.run(text));
    reject(new Error("deadlock"));
    const given = "The transaction has been rolled back.";
    expect(await outcomes(calls)).toEqual(["deadlock", "deadlock", given, "stored"]);
    expect(sent).toEqual([["BEGIN", large], ["ROLLBACK"]]);
  });

  test("outside of a transaction go on after a failure: a lock is given back", async () => {
    const sent: string[][] = [];
    const queue = serverOf(sent);
    expect(await outcomes([queue.run("bad")])).toEqual(["deadlock"]);
    const committed = [queue.run("BEGIN"), queue.run("COMMIT")];
    expect(await outcomes(committed)).toEqual(["stored", "stored"]);
    expect(await outcomes([queue.run("bad")])).toEqual(["deadlock"]);
    expect(await outcomes([queue.run("RELEASE_LOCK")])).toEqual(["stored"]);
  });
});
