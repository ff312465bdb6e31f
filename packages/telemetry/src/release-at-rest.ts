import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

export interface ReleaseAtRestOptions {
  /** Says that there is work though this thread may do nothing but wait for others. Default: never. */
  readonly isBusy?: (() => boolean) | undefined;
  /** Lets go of what is kept for the next work, before the garbage is collected. Default: nothing. */
  readonly release?: (() => void) | undefined;
  /** How long the thread must have rested, milliseconds, > 0. Default 500. */
  readonly afterMs?: number | undefined;
}

/** A thread that works for less than this part of the time is at rest: what beats in the background takes about one percent. */
const REST_UTILIZATION = 0.03;
/** By how much the process must have grown since the last time; what a few requests leave is not worth a collection. */
const WORTH_BYTES = 16 * 1024 * 1024;

type Collect = (options: { type: "major"; execution: "sync"; flavor: "last-resort" }) => void;

/**
 * Gives memory back to the system whenever this thread has come to rest and the process is larger than after the last time. V8 collects
 * garbage when a heap grows, and one that has nothing more to do does not: what a start, an import or a long pass has left would stay. Of
 * an ordinary collection it keeps the emptied pages for later growth; this one frees them.
 *
 * Cost: two full collections each time, some 130 ms for 20 MiB of live objects, in which the thread answers nobody; it gives back 15 to 20 MiB
 * after the start of an application and all the garbage of a pass later on. Else one look at two counters each half second.
 *
 * @returns a function that ends it
 */
export function releaseMemoryAtRest({ isBusy, release, afterMs = 500 }: ReleaseAtRestOptions = {}): () => void {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as Collect;
  let sinceLastLook = performance.eventLoopUtilization();
  let keptBytes = 0;
  const timer = setInterval(() => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, sinceLastLook);
    sinceLastLook = now;
    if (utilization > REST_UTILIZATION || isBusy?.() || process.memoryUsage.rss() < keptBytes + WORTH_BYTES) return;
    release?.();
    // Code that has not run for a while would go too, and whoever comes first after the rest would pay for compiling it again.
    setFlagsFromString("--no-flush-bytecode");
    collect({ type: "major", execution: "sync", flavor: "last-resort" });
    setFlagsFromString("--flush-bytecode");
    keptBytes = process.memoryUsage.rss();
  }, afterMs).unref();
  return () => clearInterval(timer);
}
