import { expect, test, vi } from "vitest";
import { collectGarbageWhenIdle } from "./collect-when-idle.ts";
import { ProgressTracker } from "./progress-tracker.ts";

/** Something that nobody holds any more. */
function garbage(): WeakRef<object> {
  return new WeakRef({ rows: new Array(1000).fill(1) });
}

test("what a stretch of tasks has left is collected when the last of them has ended", async () => {
  const tracker = new ProgressTracker({ tracer: "test" });
  const stop = collectGarbageWhenIdle(tracker);
  const [first, second] = [tracker.start("load", 1), tracker.start("fit", 1)];
  const left = garbage();
  first.complete();
  second.fail(new Error("broken"));
  // Not the object itself: the error of an assertion would hold it.
  await vi.waitFor(() => expect(left.deref() === undefined).toBe(true), { timeout: 20_000, interval: 50 });
  stop();
});
