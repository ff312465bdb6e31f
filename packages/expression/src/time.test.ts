import { describe, expect, it } from "vitest";
import { evaluate, ITEM_TIME_MS } from "../test/inputs.ts";
import { formatTime, parseTime } from "./time-format.ts";
import { DurationValue, TimeValue } from "./values.ts";

describe("times and durations", () => {
  it.each([
    ["item.Timestamp.Unix()", Math.floor(ITEM_TIME_MS / 1000)],
    ["item.Timestamp.UnixMilli() - round(item.Timestamp.UnixMicro() / 1e3)", 0],
    ["item.Timestamp.Year() * 10000 + item.Timestamp.Month() * 100 + item.Timestamp.Day()", 20240229],
    ["[item.Timestamp.Hour(), item.Timestamp.Weekday(), item.Timestamp.YearDay()]", [12, 4, 60]],
    ["(now() - item.Timestamp).Hours()", 10],
    ["now().Sub(item.Timestamp).Minutes()", 600],
    ["(now() - item.Timestamp).Seconds()", 36000],
    ["duration('1.5s').Milliseconds() + duration('1h30m').Minutes()", 1590],
    ["item.Timestamp.Before(now()) and now().After(item.Timestamp)", true],
    ["item.Timestamp.Add(duration('10h')) == now()", true],
    ["item.Timestamp + duration('10h') >= now()", true],
    ["now() - duration('24h') < item.Timestamp", true],
    ["count(feedback, now() - .Timestamp < duration('3h'))", 2],
    ["count(feedback, .Updated > .Timestamp)", 4],
    ["2 * duration('1h') + duration('30m') == duration('150m')", true],
    ["duration('1h') / duration('15m')", 4],
    ["(duration('1h') / 2).Minutes()", 30],
    ["(-duration('1h')).Abs().Hours()", 1],
    ["item.Timestamp.IsZero() or not date('0001-01-01').IsZero()", false],
    ["item.Timestamp.Format('Mon, 02 Jan 2006 15:04:05.000')", "Thu, 29 Feb 2024 12:30:45.250"],
    ["date('2024-02-29T13:30:45.25+01:00') == item.Timestamp", true],
    ["date('29.02.2024', '02.01.2006').Unix()", 1709164800],
    ["string(duration('90m'))", "1h30m0s"],
    ["string(item.Timestamp)", "2024-02-29 12:30:45.25 +0000 UTC"],
    ["map(map(feedback, .Timestamp), #.Year())", [2024, 2024, 2024, 2024]],
    ["(item.IsHidden ? 1 : item.Timestamp).Year()", 2024],
    ["[item.Timestamp, 1][0] - [duration('1h'), 1][0] < item.Timestamp", true],
    ["max(map(feedback, (now() - .Timestamp).Hours()))", 9],
  ])("%s", (source, value) => {
    expect(evaluate(source)).toEqual(value);
  });

  it("gives times and durations as their own classes", () => {
    expect(evaluate("item.Timestamp")).toEqual(new TimeValue(ITEM_TIME_MS));
    expect(evaluate("now() - item.Timestamp")).toEqual(new DurationValue(36_000_000));
  });

  it("reads only dates that exist", () => {
    expect(parseTime("2023-02-29")).toBeUndefined();
    expect(parseTime("2024-02-29T24:00:00Z")).toBeUndefined();
    expect(parseTime("tomorrow")).toBeUndefined();
    expect(parseTime("Thu, 29 Feb 2024 12:30:45 GMT")).toBe(Date.UTC(2024, 1, 29, 12, 30, 45));
  });

  it("prints every piece of a layout", () => {
    const ms = Date.UTC(2024, 0, 5, 15, 4, 9, 70);
    expect(formatTime(ms, "January Jan 01 1|Monday|02 2 _2 002|15 03 3 PM pm|04 4 05 5|06|MST Z07:00 -0700|.999 .00")).toBe(
      "January Jan 01 1|Friday|05 5  5 005|15 03 3 PM pm|04 4 09 9|24|UTC Z +0000|.07 .07",
    );
  });
});
