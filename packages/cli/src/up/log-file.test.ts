import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { lastLogLines, readableLine, rotateLog } from "./log-file.ts";

const folder = mkdtempSync(join(tmpdir(), "furze-log-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("readableLine", () => {
  it("shows message and error of a JSON line", () => {
    expect(readableLine('{"level":50,"msg":"cannot listen","err":{"message":"port 1 is busy"}}')).toBe(
      "cannot listen: port 1 is busy",
    );
    expect(readableLine('{"msg":"busy","err":{"message":"busy"}}')).toBe("busy");
  });

  it("leaves other lines as they are", () => {
    expect(readableLine(" plain text ")).toBe("plain text");
    expect(readableLine("[1,2]")).toBe("[1,2]");
    expect(readableLine("null")).toBe("null");
  });
});

describe("lastLogLines", () => {
  it("gives the last lines after a position", () => {
    const file = join(folder, "a.log");
    writeFileSync(file, "old\none\n\ntwo\nthree\n");
    expect(lastLogLines(file, 2)).toEqual(["two", "three"]);
    expect(lastLogLines(file, 9, 4)).toEqual(["one", "two", "three"]);
  });

  it("reads only the tail of a long log, and no line that is cut by that", () => {
    const file = join(folder, "long.log");
    writeFileSync(file, `${"x".repeat(9000)}\nend\n`);
    expect(lastLogLines(file, 5)).toEqual(["end"]);
  });

  it("gives nothing for a file that does not exist", () => {
    expect(lastLogLines(join(folder, "missing.log"), 5)).toEqual([]);
  });
});

it("rotateLog keeps the last log beside the new one", () => {
  const file = join(folder, "r.log");
  writeFileSync(file, "before");
  rotateLog(file);
  rotateLog(file);
  expect(readFileSync(`${file}.1`, "utf8")).toBe("before");
});
