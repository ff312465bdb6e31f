import { parse } from "smol-toml";
import { describe, expect, it } from "vitest";
import { locateKeys } from "./locate.ts";

function lines(text: string): Readonly<Record<string, number>> {
  // A document that the parser refuses would prove nothing.
  parse(text);
  return Object.fromEntries([...locateKeys(text)].map(([path, { line }]) => [path, line]));
}

describe("positions of keys", () => {
  it("follows tables, dotted and quoted keys", () => {
    expect(lines('top = 1\n\n[A.b]\nc.d = 2\n"e f" = 3\n\'g\'."h" = 4\n[ a . "x y" ]\nz = 5')).toEqual({
      top: 1,
      "a.b": 3,
      "a.b.c": 4,
      "a.b.c.d": 4,
      "a.b.e f": 5,
      "a.b.g": 6,
      "a.b.g.h": 6,
      "a.x y": 7,
      "a.x y.z": 8,
    });
  });

  it("counts the tables of arrays, and what stands below them", () => {
    expect(lines("[[r.list]]\nname = 1\n[r.list.sub]\nk = 2\n[[r.list]]\nname = 3\n[[r.list.inner]]\nv = 4")).toEqual({
      "r.list": 1,
      "r.list[0]": 1,
      "r.list[0].name": 2,
      "r.list[0].sub": 3,
      "r.list[0].sub.k": 4,
      "r.list[1]": 5,
      "r.list[1].name": 6,
      "r.list[1].inner": 7,
      "r.list[1].inner[0]": 7,
      "r.list[1].inner[0].v": 8,
    });
  });

  it("finds elements and inline tables, over several lines", () => {
    expect(lines("a = [\n  1, # one ]\n  \"],\",\n]\nb = { c = [{ d = 1 }], e = '}' }\nf = 1")).toEqual({
      a: 1,
      "a[0]": 2,
      "a[1]": 3,
      b: 5,
      "b.c": 5,
      "b.c[0]": 5,
      "b.c[0].d": 5,
      "b.e": 5,
      f: 6,
    });
  });

  it("is not misled by what looks like keys inside texts and comments", () => {
    const text =
      'a = """\nfake = 1\n[fake]\n\\""" still inside\n"""\n# c = 1\nb = \'\'\'\nx = "\n\'\'\'\nd = "[x] # = \\" y" # z = 1\ne = 1';
    expect(lines(text)).toEqual({ a: 1, b: 7, d: 10, e: 11 });
  });

  it("gives columns, and copes with carriage returns and an end without a line break", () => {
    const positions = locateKeys("[t]\r\n  key = 1\r\n  other = 2");
    expect(positions.get("t.key")).toEqual({ line: 2, column: 3 });
    expect(positions.get("t.other")).toEqual({ line: 3, column: 3 });
  });

  it("ends on any text", () => {
    expect([...locateKeys("= ] } [[ , \u0000 ''' \"\"\"").keys()].length).toBeLessThan(10);
  });
});
