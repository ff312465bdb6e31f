import { once } from "node:events";
import type { Worker } from "node:worker_threads";
import { afterAll, describe, expect, it } from "vitest";
import { KernelExecutionError, KernelMemory, KernelPool } from "./index.ts";

const pool = new KernelPool({ threads: 2 });
afterAll(() => pool.close());

describe("KernelPool", () => {
  it("covers a range exactly once on several threads", async () => {
    using memory = new KernelMemory();
    const counts = memory.allocInt32(1000);
    const sum = await pool.run({ memory, kernel: "countVisits", args: [counts.pointer], total: 1000, chunk: 7 });
    expect(sum).toBe(1000);
    expect(new Set(counts.view)).toEqual(new Set([1]));
  });

  it("takes jobs side by side and runs them in order", async () => {
    using memory = new KernelMemory();
    const counts = memory.allocInt32(100);
    const job = { memory, kernel: "countVisits", args: [counts.pointer], total: 100, chunk: 10 };
    const sums = await Promise.all([pool.run(job), pool.run({ ...job, threads: 1 }), pool.run(job)]);
    expect(sums).toEqual([100, 100, 100]);
    expect(new Set(counts.view)).toEqual(new Set([3]));
  });

  it("passes each thread its own arguments", async () => {
    using memory = new KernelMemory();
    const counts = memory.allocInt32(4);
    const threadArgs = [[counts.pointer], [counts.pointer]];
    await pool.run({ memory, kernel: "countVisits", args: [], threadArgs, total: 4 });
    expect([...counts.view]).toEqual([1, 1, 1, 1]);
  });

  it("leaves the event loop free and stops between chunks when aborted", async () => {
    using memory = new KernelMemory();
    const counts = memory.allocInt32(1_000_000);
    const controller = new AbortController();
    const running = pool.run({
      memory,
      kernel: "countVisits",
      args: [counts.pointer],
      total: 1_000_000,
      chunk: 1,
      signal: controller.signal,
    });
    controller.abort(new Error("enough"));
    await expect(running).rejects.toThrow("enough");
    expect(counts.view.includes(0)).toBe(true);
  });

  it("rejects at once when the signal is aborted already", async () => {
    using memory = new KernelMemory();
    await expect(
      pool.run({ memory, kernel: "countVisits", args: [0], total: 1, signal: AbortSignal.abort(new Error("gone")) }),
    ).rejects.toThrow("gone");
  });

  it("ends idle threads to rest, and starts others for the next job", async () => {
    await using resting = new KernelPool({ threads: 2 });
    using memory = new KernelMemory();
    const counts = memory.allocInt32(100);
    const job = { memory, kernel: "countVisits", args: [counts.pointer], total: 100, chunk: 10 };
    const threads: Worker[] = [];
    const onStart = (thread: Worker): number => threads.push(thread);
    process.on("worker", onStart);
    try {
      const busy = resting.run(job);
      resting.rest();
      await busy;
      expect(threads.length).toBe(2);
      const ended = Promise.all(threads.map((thread) => once(thread, "exit")));
      resting.rest();
      await ended;
      expect(await resting.run(job)).toBe(100);
      expect(threads.length).toBe(4);
      expect(new Set(counts.view)).toEqual(new Set([2]));
    } finally {
      process.off("worker", onStart);
    }
  });

  it("reports a trap and works on", async () => {
    using memory = new KernelMemory();
    const counts = memory.allocInt32(4);
    await expect(pool.run({ memory, kernel: "countVisits", args: [0xfffffff0], total: 4 })).rejects.toBeInstanceOf(
      KernelExecutionError,
    );
    expect(await pool.run({ memory, kernel: "countVisits", args: [counts.pointer], total: 4 })).toBe(4);
  });

  it("refuses what cannot run", async () => {
    using memory = new KernelMemory();
    const job = { memory, kernel: "countVisits", args: [0], total: 1 };
    await expect(pool.run({ ...job, kernel: "nothing" })).rejects.toThrow('no kernel "nothing"');
    await expect(pool.run({ ...job, threads: 3 })).rejects.toThrow(RangeError);
    await expect(pool.run({ ...job, total: 2 ** 31 })).rejects.toThrow(RangeError);
    await expect(pool.run({ ...job, chunk: 0 })).rejects.toThrow(RangeError);
    await expect(pool.run({ ...job, threadArgs: [[]] })).rejects.toThrow(RangeError);
    expect(() => new KernelPool({ threads: 0 })).toThrow(RangeError);
    const disposed = new KernelMemory();
    disposed.dispose();
    await expect(pool.run({ ...job, memory: disposed })).rejects.toThrow(TypeError);
  });

  it("does not hand a memory on while a job still uses it", async () => {
    const memory = new KernelMemory();
    const { region } = memory;
    const counts = memory.allocInt32(100_000);
    const running = pool.run({ memory, kernel: "countVisits", args: [counts.pointer], total: 100_000, chunk: 100 });
    memory.dispose();
    using early = new KernelMemory();
    expect(early.region).not.toBe(region);
    expect(await running).toBe(100_000);
    // The region is idle now and of the size asked for; others of that size may be idle too.
    const later = Array.from({ length: 4 }, () => new KernelMemory({ initialBytes: region.byteLength }));
    expect(later.map((next) => next.region)).toContain(region);
    for (const next of later) next.dispose();
  });

  it("gives large disposed memories back", async () => {
    const bytes = 400 * 1024 * 1024;
    const before = process.memoryUsage.rss();
    for (let round = 0; round < 2; round++) {
      const memory = new KernelMemory();
      const counts = memory.allocInt32(bytes / 4);
      await pool.run({ memory, kernel: "countVisits", args: [counts.pointer], total: 1000, chunk: 100 });
      expect(process.memoryUsage.rss() - before).toBeGreaterThan(bytes * 0.9);
      memory.dispose();
      await expect.poll(() => process.memoryUsage.rss() - before, { timeout: 5000 }).toBeLessThan(bytes / 2);
    }
  });

  it("rejects waiting jobs when closed, twice without harm", async () => {
    using memory = new KernelMemory();
    const counts = memory.allocInt32(10);
    const closing = new KernelPool({ threads: 1 });
    const running = closing.run({ memory, kernel: "countVisits", args: [counts.pointer], total: 10 });
    const waiting = closing.run({ memory, kernel: "countVisits", args: [counts.pointer], total: 10 });
    const results = Promise.allSettled([running, waiting]);
    await closing.close();
    await closing.close();
    expect((await results).map((result) => result.status)).toEqual(["rejected", "rejected"]);
    await expect(closing.run({ memory, kernel: "countVisits", args: [counts.pointer], total: 1 })).rejects.toThrow("closed");
  });
});
