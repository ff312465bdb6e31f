import { describe, expect, it } from "vitest";
import { finiteFloats, HeaderReader, type ModelFile } from "./index.ts";

const reader = new HeaderReader({
  size: 3,
  zero: 0,
  half: 0.5,
  text: "3",
  list: [1, 2],
  parameters: { alpha: 0.5, name: "x" },
});
const check = (which: string) => expect.objectContaining({ check: which });

describe("HeaderReader", () => {
  it("reads what fits", () => {
    expect([reader.count("size"), reader.optionalNumber("half"), reader.counts("list", 2)]).toEqual([3, 0.5, [1, 2]]);
    expect(reader.optionalNumber("text")).toBeUndefined();
    expect(reader.parameters()).toEqual({ alpha: 0.5 });
  });

  it.each(["zero", "half", "text", "missing"])("refuses %s as a count", (name) => {
    expect(() => reader.count(name)).toThrow(check("header"));
  });

  it("refuses lists with other members, and headers without parameters or fields", () => {
    expect(() => reader.counts("list", 1)).toThrow(check("header"));
    expect(() => reader.counts("size", 9)).toThrow(check("header"));
    expect(() => new HeaderReader({ parameters: null }).parameters()).toThrow(check("header"));
    for (const header of [null, undefined, 3, "text"]) expect(() => new HeaderReader(header)).toThrow(check("header"));
  });
});

describe("finiteFloats", () => {
  const file: ModelFile = {
    kind: "test",
    header: null,
    arrays: { good: Float32Array.of(1, 2), bad: Float32Array.of(1, Number.NaN), bytes: Uint8Array.of(1, 2) },
  };

  it("returns the array itself, and refuses others", () => {
    expect(finiteFloats(file, "good", 2)).toBe(file.arrays.good);
    for (const [name, length] of [
      ["good", 3],
      ["bad", 2],
      ["bytes", 2],
      ["missing", 0],
    ] as const)
      expect(() => finiteFloats(file, name, length)).toThrow(check("array"));
  });
});
