import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

let collect: (() => void) | undefined;

/**
 * Collects this thread's garbage now. V8 does not count shared memories as pressure, so without this a disposed one of a
 * gigabyte would stay until the heap of small objects happens to fill up. Node has no other way to ask for it.
 */
export function collectGarbage(): void {
  if (collect === undefined) {
    // The flag is one for all threads: to take it back would take it from another one that is between these two lines.
    setFlagsFromString("--expose-gc");
    collect = runInNewContext("gc") as () => void;
  }
  collect();
}
