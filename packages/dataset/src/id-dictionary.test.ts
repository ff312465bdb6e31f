import { InvalidArgumentError } from "@furze/core";
import { describe, expect, it } from "vitest";
import { IdDictionary } from "./id-dictionary.ts";

describe("IdDictionary", () => {
  it("gives indices in order of first appearance and counts", () => {
    const dictionary = new IdDictionary();
    expect([dictionary.add("b"), dictionary.add("a"), dictionary.add("b"), dictionary.add("c", 0)]).toEqual([0, 1, 0, 2]);
    expect([dictionary.frequency(0), dictionary.frequency(1), dictionary.frequency(2)]).toEqual([2, 1, 0]);
    expect([...dictionary.ids()]).toEqual(["b", "a", "c"]);
    expect(dictionary.indexOf("a")).toBe(1);
    expect(dictionary.indexOf("x")).toBe(-1);
  });

  it("keeps empty, long and non-Latin ids apart", () => {
    const ids = ["", "a", "ab", "é", "e\u0301", "日本", "😀", "x".repeat(5000), "日".repeat(2000), "a/b:c", "\u00001"];
    const dictionary = new IdDictionary();
    for (const id of ids) dictionary.add(id);
    expect(dictionary.size).toBe(ids.length);
    expect([...dictionary.ids()]).toEqual(ids);
    for (const [index, id] of ids.entries()) expect(dictionary.indexOf(id)).toBe(index);
  });

  it("agrees with a Map over several growths", () => {
    const dictionary = new IdDictionary();
    const oracle = new Map<string, number>();
    for (let i = 0; i < 50_000; i++) {
      const id = `id-${(i * 7919) % 20_011}`;
      if (!oracle.has(id)) oracle.set(id, oracle.size);
      if (dictionary.add(id) !== oracle.get(id)) expect.fail(`${id} is not at ${oracle.get(id)}`);
    }
    expect(dictionary.size).toBe(20_011);
    expect(dictionary.frequency(0)).toBe(3);
    expect([...dictionary.ids()]).toEqual([...oracle.keys()]);
  });

  it("takes UTF-8 for the text that it stands for", () => {
    const ids = ["b", "", "日本", "b", "😀", "x".repeat(5000), "é", "日本"];
    const dictionary = new IdDictionary();
    const indices = ids.map((id) => {
      const bytes = Buffer.from(`<${id}>`);
      return dictionary.addBytes(bytes, 1, bytes.length - 1);
    });
    expect(indices).toEqual([0, 1, 2, 0, 3, 4, 5, 2]);
    expect(ids.map((id) => dictionary.indexOf(id))).toEqual(indices);
    expect([...dictionary.ids()]).toEqual([...new Set(ids)]);
    expect(dictionary.frequency(2)).toBe(2);
  });

  it("survives the way through flat arrays", () => {
    const dictionary = new IdDictionary();
    for (const id of ["x", "日本", "", "x"]) dictionary.add(id);
    const copy = IdDictionary.fromArrays(dictionary.toArrays());
    expect([...copy.ids()]).toEqual(["x", "日本", ""]);
    expect(copy.frequency(0)).toBe(2);
    expect(copy.add("new")).toBe(3);
    expect(dictionary.indexOf("new")).toBe(-1);
  });

  it("refuses arrays that do not fit and text that is not Unicode", () => {
    const { bytes, offsets, frequencies } = (() => {
      const dictionary = new IdDictionary();
      dictionary.add("aa");
      dictionary.add("ab");
      return dictionary.toArrays();
    })();
    const twice = Uint8Array.from(bytes, () => 97);
    expect(() => IdDictionary.fromArrays({ bytes: twice, offsets, frequencies })).toThrow(InvalidArgumentError);
    expect(() => IdDictionary.fromArrays({ bytes, offsets, frequencies: frequencies.subarray(1) })).toThrow(
      InvalidArgumentError,
    );
    expect(() => new IdDictionary().add("\ud800")).toThrow(InvalidArgumentError);
    expect(new IdDictionary().indexOf("\ud800")).toBe(-1);
    expect(() => new IdDictionary().idOf(0)).toThrow(InvalidArgumentError);
  });
});
