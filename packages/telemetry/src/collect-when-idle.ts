import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { ProgressTracker } from "./progress-tracker.ts";

/** Tasks that follow each other at once are one stretch of work. */
const IDLE_MS = 200;

/**
 * Collects the garbage of this thread whenever the tasks of a tracker have come to an end. V8 collects when a heap grows, and one that has
 * nothing more to do does not: what a long pass over the data has left would stay until the next.
 *
 * Cost: one full collection after each stretch of work; it holds up the thread for some tens of milliseconds in a heap of 100 MiB.
 *
 * @returns a function that ends it
 */
export function collectGarbageWhenIdle(tracker: Pick<ProgressTracker, "onChange" | "snapshot">): () => void {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  let timer: NodeJS.Timeout | undefined;
  const stop = tracker.onChange(() => {
    clearTimeout(timer);
    if (tracker.snapshot().some(({ status }) => status === "Running" || status === "Suspended")) return;
    timer = setTimeout(collect, IDLE_MS).unref();
  });
  return () => {
    stop();
    clearTimeout(timer);
  };
}
