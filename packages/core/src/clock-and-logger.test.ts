import { expect, it } from "vitest";
import { ManualClock, systemClock } from "./clock.ts";
import { silentLogger } from "./logger.ts";

it("moves a manual clock only by hand", () => {
  const clock = new ManualClock(1000);
  expect(clock.now()).toBe(1000);
  clock.advance(250);
  expect(clock.now()).toBe(1250);
});

it("reads UTC milliseconds from the system", () => {
  expect(systemClock.now()).toBeGreaterThan(Date.UTC(2024, 0, 1));
});

it("has a silent logger whose children are silent too", () => {
  expect(silentLogger.child({ component: "test" })).toBe(silentLogger);
});
