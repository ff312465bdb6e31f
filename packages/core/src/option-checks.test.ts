import { describe, expect, it } from "vitest";
import { integerIn, numberIn } from "./option-checks.ts";

describe("checks of options", () => {
  it("pass what is in range, the ends included", () => {
    expect([integerIn("n", 1, 1, 3), integerIn("n", 3, 1, 3)]).toEqual([1, 3]);
    expect([numberIn("x", 0, 0, 0.5), numberIn("x", 0.5, 0, 0.5)]).toEqual([0, 0.5]);
  });

  it.each([0, 4, 1.5, Number.NaN, Number.POSITIVE_INFINITY])(
    "refuse %d as an integer from 1 to 3, naming the option",
    (value) => {
      expect(() => integerIn("n", value, 1, 3)).toThrow(expect.objectContaining({ path: "n" }));
    },
  );

  it.each([-0.1, 0.6, Number.NaN, Number.POSITIVE_INFINITY, JSON.parse('"0.1"')])(
    "refuse %s as a number from 0 to 0.5",
    (value) => {
      expect(() => numberIn("x", value, 0, 0.5)).toThrow("x must be a number from 0 to 0.5");
    },
  );
});
