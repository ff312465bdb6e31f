import { InvalidArgumentError } from "@furze/core";
import { describe, expect, it } from "vitest";
import { FeatureTable, FeatureTableBuilder } from "./feature-table.ts";
import { forEachLabelFeature } from "./label-features.ts";

function namesOf(labels: unknown): string[] {
  const names: string[] = [];
  forEachLabelFeature(labels, (name) => names.push(name));
  return names;
}

describe("forEachLabelFeature", () => {
  it.each([
    ["x", [":x"]],
    [
      ["x", "y"],
      [":x", ":y"],
    ],
    [{ a: "v", b: { c: ["w", "x"] } }, [".a:v", ".b.c:w", ".b.c:x"]],
    [{ a: [{ b: "v" }] }, [".a.b:v"]],
    [undefined, []],
    [3, []],
  ])("names the tags of %j", (labels, expected) => {
    expect(namesOf(labels)).toEqual(expected);
  });

  it("keeps the other tags when a member is null, empty, a number or an embedding", () => {
    expect(namesOf({ a: "v", b: null, c: [], d: 1.5, e: [0.1, 0.2], f: true, g: {}, h: "w" })).toEqual([".a:v", ".h:w"]);
  });
});

describe("FeatureTable", () => {
  const builder = new FeatureTableBuilder();
  builder.addLabels({ genre: ["b", "a", "b"] });
  builder.addLabels(null);
  builder.addNames([".genre:a", "c"]);
  const table = builder.build();

  it("holds each tag of a row once and counts rows", () => {
    expect([table.numRows, table.numFeatures, table.numEntries]).toEqual([3, 3, 4]);
    expect(table.names(0).sort()).toEqual([".genre:a", ".genre:b"]);
    expect(table.names(1)).toEqual([]);
    expect(table.names(2).sort()).toEqual([".genre:a", "c"]);
    const frequency = (name: string) => table.features.frequency(table.features.indexOf(name));
    expect([frequency(".genre:a"), frequency(".genre:b"), frequency("c")]).toEqual([2, 1, 1]);
    expect(() => table.row(3)).toThrow(InvalidArgumentError);
  });

  it("is rebuilt from its parts, which are checked", () => {
    const { offsets, indices, features } = table;
    expect(new FeatureTable({ offsets, indices, features }).names(2)).toEqual(table.names(2));
    expect(() => new FeatureTable({ offsets, indices: indices.map(() => 9), features })).toThrow(InvalidArgumentError);
    expect(new FeatureTableBuilder().build().numRows).toBe(0);
  });
});
