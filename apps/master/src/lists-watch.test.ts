import type { TaskProgress } from "@furze/core";
import { expect, it } from "vitest";
import { ListsWatch } from "./lists-watch.ts";

const LONG_MS = 3_600_000;
let workers = ["one", "two"];
const watching = () => new ListsWatch({ workers: () => workers, periodMs: 1 });

const pass = (startedMs: number, status: TaskProgress["status"]): TaskProgress[] => [
  {
    ...{ tracer: "worker", name: "Generate recommendation", status, startedMs },
    ...{ error: undefined, done: 0, total: 1, finishedMs: undefined },
  },
];

/** Whether the wait is over by the time that it has been looked several times. */
async function isOver(wait: Promise<void>): Promise<boolean> {
  let over = false;
  void wait.then(() => {
    over = true;
  });
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setTimeout(resolve, 1));
  return over;
}

it("waits until each live worker has ended a pass that it began after it heard of the lists", async () => {
  workers = ["one", "two"];
  const watch = watching();
  // The second one is in the middle of an older pass when it hears of them.
  watch.reported("two", pass(100, "Running"));
  watch.told("one", 7);
  const wait = watch.made(7, { timeLimitMs: LONG_MS });
  watch.reported("one", pass(200, "Complete"));
  watch.told("two", 7);
  watch.told("two", 7);
  watch.reported("two", pass(100, "Complete"));
  expect(await isOver(wait)).toBe(false);
  watch.reported("two", pass(300, "Running"));
  watch.told("two", 7);
  expect(await isOver(wait)).toBe(false);
  watch.reported("two", pass(300, "Failed"));
  await wait;
});

it("does not wait for a worker that is gone, nor for lists that nobody makes", async () => {
  workers = ["one", "two"];
  const watch = watching();
  watch.told("one", 2);
  watch.reported("one", pass(5, "Complete"));
  const wait = watch.made(2, { timeLimitMs: LONG_MS });
  expect(await isOver(wait)).toBe(false);
  workers = ["one"];
  await wait;
  workers = [];
  await watch.made(3, { timeLimitMs: LONG_MS });
});

it("gives up when the time is over, and when it is aborted", async () => {
  workers = ["one"];
  const watch = watching();
  await watch.made(1, { timeLimitMs: 5 });
  const caller = new AbortController();
  const wait = watch.made(1, { timeLimitMs: LONG_MS, signal: caller.signal });
  caller.abort();
  await expect(wait).rejects.toMatchObject({ code: "ABORTED" });
});
