import { expect, test } from "vitest";
import { quote, textArray } from "./sql-text.ts";

test("texts become literals that end where they should", () => {
  expect(quote("a'b\\c\0d\ne")).toBe("'a\\'b\\\\c\\0d\ne'");
  expect(quote("'); DROP TABLE records; --")).toBe("'\\'); DROP TABLE records; --'");
});

test("an array of texts is one literal", () => {
  expect(textArray(["a", "b'"])).toBe("splitByChar('\\0', 'a\\0b\\'')");
});
