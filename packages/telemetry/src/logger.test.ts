import { FurzeError, InvalidArgumentError } from "@furze/core";
import { describe, expect, it } from "vitest";
import { createLogger, type LoggerOptions } from "./logger.ts";

function capture(options: LoggerOptions = {}) {
  const lines: string[] = [];
  return { lines, logger: createLogger({ ...options, destination: { write: (line) => lines.push(line) } }) };
}

describe("createLogger, json", () => {
  it("writes one object per line with level, time, message and fields", () => {
    const { lines, logger } = capture();
    logger.child({ component: "master" }).info("fitted", { epochs: 5 });
    expect(lines).toHaveLength(1);
    expect(lines[0]?.endsWith("\n")).toBe(true);
    const record = JSON.parse(lines[0] ?? "");
    expect(record).toMatchObject({ level: "info", msg: "fitted", component: "master", epochs: 5 });
    expect(new Date(record.time).toISOString()).toBe(record.time);
  });

  it("leaves out what is below its level", () => {
    const { lines, logger } = capture({ level: "warn" });
    logger.debug("1");
    logger.info("2");
    logger.warn("3");
    logger.error("4");
    expect(lines.map((line) => JSON.parse(line).msg)).toEqual(["3", "4"]);
  });

  it("says nothing when silent", () => {
    const { lines, logger } = capture({ level: "silent" });
    logger.error("4");
    expect(lines).toEqual([]);
  });

  it("lets no secret through, be it in fields, bindings, errors or the message", () => {
    const { lines, logger } = capture();
    const error = new FurzeError("UNAVAILABLE", "lost mongodb://me:hunter2@db", { cause: new Error("Bearer hunter2") });
    const child = logger.child({ apiKey: "hunter2", uri: "redis://:hunter2@cache" });
    child.error("open redis://:hunter2@cache", { error, nested: { headers: { authorization: "hunter2" } } });
    expect(lines.join("")).not.toContain("hunter2");
    expect(JSON.parse(lines[0] ?? "").error).toMatchObject({ name: "FurzeError", code: "UNAVAILABLE" });
  });

  it("keeps fields apart from its own keys", () => {
    const { lines, logger } = capture();
    logger.info("real", { msg: "field", level: "field", time: 5 });
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({ level: "info", msg: "real", msg_: "field", level_: "field", time_: 5 });
    expect(lines[0]?.match(/"msg":/g)).toHaveLength(1);
  });

  it("refuses unknown levels and formats", () => {
    expect(() => createLogger({ level: "loud" as never })).toThrow(InvalidArgumentError);
    expect(() => createLogger({ format: "xml" as never })).toThrow(InvalidArgumentError);
  });
});

describe("createLogger, pretty", () => {
  it("writes a short line", () => {
    const { lines, logger } = capture({ format: "pretty" });
    logger.warn("slow query", { table: "items", ms: 12, text: "two words" });
    expect(lines[0]).toMatch(/^\d\d:\d\d:\d\d\.\d{3} WARN {2}slow query table=items ms=12 text="two words"\n$/);
  });

  it("puts the stack of an error below", () => {
    const { lines, logger } = capture({ format: "pretty" });
    logger.error("failed", { error: new TypeError("bad") });
    expect(lines[0]).toMatch(/ERROR failed error="bad"\n {4}at .*logger\.test\.ts/);
  });

  it("disarms control characters", () => {
    const { lines, logger } = capture({ format: "pretty" });
    logger.info("id \x1b[2J\nFAKE LINE", { id: "\x1b[2J", "k\x1by": 1 });
    expect(lines[0]?.trimEnd()).not.toMatch(/\p{Cc}/u);
    expect(lines[0]).toContain("\\u001b[2J\\u000aFAKE LINE");
  });
});
