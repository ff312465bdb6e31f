import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

let collect: (() => void) | undefined;

/**
 * Collects this thread's garbage now. V8 does not count shared memories as pressure, so without this a disposed one of a
 * gigabyte would stay until the heap of small objects happens to fill up. Node has no other way to ask for it.
 */
export function collectGarbage(): void {
  if (collect === undefined) {
    setFlagsFromString("--expose-gc");
    const gc: () => void = runInNewContext("gc");
    setFlagsFromString("--no-expose-gc");
    collect = gc;
  }
  collect();
}
