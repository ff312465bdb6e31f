import { ManualClock } from "@furze/core";
import { describe, expect, it } from "vitest";
import { TerminalProgress } from "./terminal-progress.ts";

function setUp(isTTY: boolean) {
  const clock = new ManualClock(0);
  const written: string[] = [];
  const stream = { isTTY, columns: 40, write: (text: string) => written.push(text) };
  return { clock, written, progress: new TerminalProgress({ label: "fit", stream, clock }) };
}

describe("TerminalProgress on a terminal", () => {
  it("redraws one line, not more often than it should, and ends it", () => {
    const { clock, written, progress } = setUp(true);
    progress.update({ done: 1, total: 10 });
    clock.advance(50);
    progress.update({ done: 2, total: 10 });
    clock.advance(50);
    progress.update({ done: 3, total: 10 });
    clock.advance(10);
    progress.update({ done: 10, total: 10 });
    expect(written).toHaveLength(2);
    progress.finish();
    progress.finish();
    progress.update({ done: 10, total: 10 });
    expect(written).toEqual([
      "\rfit [##                     ]  10% 1/10\x1b[K",
      "\rfit [#####             ]  30% 3/10 30/s\x1b[K",
      "\rfit [###############] 100% 10/10 90.9/s\x1b[K",
      "\n",
    ]);
  });
});

describe("TerminalProgress elsewhere", () => {
  it("writes a plain line now and then and one at the end", () => {
    const { clock, written, progress } = setUp(false);
    for (let second = 1; second <= 12; second++) {
      clock.advance(1000);
      progress.update({ done: second, total: 12 });
    }
    progress.finish();
    expect(written.map((line) => / (\d+)\/12 1\/s\n$/.exec(line)?.[1])).toEqual(["5", "10", "12"]);
    expect(written.join("")).not.toContain("\r");
    expect(written.join("")).not.toContain("\x1b");
  });

  it("does not write the end twice", () => {
    const { clock, written, progress } = setUp(false);
    clock.advance(5000);
    progress.update({ done: 5, total: 5 });
    progress.finish();
    expect(written).toHaveLength(1);
  });

  it("writes nothing when nothing happened", () => {
    const { written, progress } = setUp(false);
    progress.finish();
    expect(written).toEqual([]);
  });
});
