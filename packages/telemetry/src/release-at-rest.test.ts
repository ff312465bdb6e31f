import { afterEach, expect, test, vi } from "vitest";
import { releaseMemoryAtRest } from "./release-at-rest.ts";

const PATIENT = { timeout: 20_000, interval: 50 };
let stop = (): void => {};
afterEach(() => stop());

/** Something that nobody holds any more. */
function garbage(): WeakRef<object> {
  return new WeakRef({ rows: new Array(1000).fill(1) });
}

test("a thread that has come to rest collects what its work has left", async () => {
  const left = garbage();
  stop = releaseMemoryAtRest({ afterMs: 20 });
  // Not the object itself: the error of an assertion would hold it.
  await vi.waitFor(() => expect(left.deref() === undefined).toBe(true), PATIENT);
});

test("what else is kept is released again when the process has grown", async () => {
  const release = vi.fn();
  stop = releaseMemoryAtRest({ release, afterMs: 20 });
  await vi.waitFor(() => expect(release).toHaveBeenCalled(), PATIENT);
  const released = release.mock.calls.length;
  const grown = Buffer.alloc(64 * 1024 * 1024, 1);
  await vi.waitFor(() => expect(release.mock.calls.length).toBeGreaterThan(released), PATIENT);
  expect(grown.length).toBeGreaterThan(0);
});

test("while others work for the thread nothing is released", async () => {
  let isBusy = true;
  const looks = vi.fn(() => isBusy);
  const release = vi.fn();
  stop = releaseMemoryAtRest({ isBusy: looks, release, afterMs: 5 });
  await vi.waitFor(() => expect(looks.mock.calls.length).toBeGreaterThan(5), PATIENT);
  expect(release).not.toHaveBeenCalled();
  isBusy = false;
  await vi.waitFor(() => expect(release).toHaveBeenCalled(), PATIENT);
});
