import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatDuration, parseDuration } from "./duration.ts";
import { InvalidArgumentError } from "./errors.ts";

describe("parseDuration", () => {
  it.each([
    ["0", 0],
    ["-0s", 0],
    ["1h30m", 5_400_000],
    ["0.5h", 1_800_000],
    [".5s", 500],
    ["1.s", 1000],
    ["-10s", -10_000],
    ["+10s", 10_000],
    ["72h", 259_200_000],
    ["1ms2us3ns", 1.002003],
    ["2µs", 0.002],
    ["2μs", 0.002],
  ])("reads %s", (text, expected) => {
    expect(parseDuration(text)).toBe(expected);
  });

  it.each([
    ["", 'time: invalid duration ""'],
    ["-", 'time: invalid duration "-"'],
    [".s", 'time: invalid duration ".s"'],
    ["1h.", 'time: invalid duration "1h."'],
    ["1h 5m", 'time: unknown unit "h " in duration "1h 5m"'],
    ["10", 'time: missing unit in duration "10"'],
    ["1h5", 'time: missing unit in duration "1h5"'],
    ["10S", 'time: unknown unit "S" in duration "10S"'],
    ["1d", 'time: unknown unit "d" in duration "1d"'],
    ["1 s", 'time: unknown unit " s" in duration "1 s"'],
    ["1toString", 'time: unknown unit "toString" in duration "1toString"'],
  ])("refuses %j with the message of Go", (text, message) => {
    expect(() => parseDuration(text)).toThrow(new InvalidArgumentError("duration", message));
  });
});

describe("formatDuration", () => {
  it.each([
    [0, "0s"],
    [3_600_000, "1h"],
    [5_400_000, "1h30m"],
    [90_000, "1m30s"],
    [10_000, "10s"],
    [1.5, "1.5ms"],
    [0.25, "250µs"],
    [0.000007, "7ns"],
    [-10_000, "-10s"],
    [3_600_001, "1h0.001s"],
  ])("prints %d as %s", (durationMs, expected) => {
    expect(formatDuration(durationMs)).toBe(expected);
  });

  it("prints no part that is only a rounding error", () => {
    expect(formatDuration(parseDuration("1.1h"))).toBe("1h6m");
    expect(formatDuration(59_999.9999999)).toBe("1m");
    expect(formatDuration(-1e-9)).toBe("0s");
  });

  it("prints what parseDuration reads back", () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e12, max: 1e12 }), (durationMs) => {
        expect(parseDuration(formatDuration(durationMs))).toBeCloseTo(durationMs, 3);
      }),
    );
  });
});
