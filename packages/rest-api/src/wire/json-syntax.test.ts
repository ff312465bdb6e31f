import { describe, expect, it } from "vitest";
import { describeJsonFault } from "./json-syntax.ts";

describe("describeJsonFault", () => {
  it.each([
    ["", "EOF"],
    [" \n", "EOF"],
    ["{", "unexpected EOF"],
    ['{"a"', "unexpected EOF"],
    ['{"a":', "unexpected EOF"],
    ['{"a":1', "unexpected EOF"],
    ['"abc', "unexpected EOF"],
    ["[1,", "unexpected EOF"],
    ["tru", "unexpected EOF"],
    ["-", "unexpected EOF"],
    ["x", "invalid character 'x' looking for beginning of value"],
    ["[1,]", "invalid character ']' looking for beginning of value"],
    ["{a:1}", "invalid character 'a' looking for beginning of object key string"],
    ['{"a":1,}', "invalid character '}' looking for beginning of object key string"],
    ['{"a" 1}', "invalid character '1' after object key"],
    ['{"a":1 "b"}', "invalid character '\"' after object key:value pair"],
    ["[1 2]", "invalid character '2' after array element"],
    ["{} {}", "invalid character '{' after top-level value"],
    ["[trua]", "invalid character 'a' in literal true (expecting 'e')"],
    ['"a\nb"', "invalid character '\\n' in string literal"],
    ['"\\x"', "invalid character 'x' in string escape code"],
    ['"\\u12g4"', "invalid character 'g' in \\u hexadecimal character escape"],
    ["[-x]", "invalid character 'x' in numeric literal"],
    ["[1.x]", "invalid character 'x' after decimal point in numeric literal"],
    ["[1ex]", "invalid character 'x' in exponent of numeric literal"],
    ["['a']", "invalid character '\\'' looking for beginning of value"],
  ])("%j: %s", (text, fault) => expect(describeJsonFault(text)).toBe(fault));

  it("finds a fault in every cut of a text that JSON.parse refuses, however deep", () => {
    const text = '{"a":[1,-2.5e3,{"b":"\\u0041\\n"}],"c":null,"d":true}';
    for (let end = 0; end < text.length; end++) {
      expect(() => JSON.parse(text.slice(0, end))).toThrow();
      expect(describeJsonFault(text.slice(0, end))).toMatch(/EOF$/);
    }
    expect(describeJsonFault("[".repeat(1_000_000))).toBe("unexpected EOF");
  });
});
