import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { renderProgressBar } from "./progress-bar.ts";

describe("renderProgressBar", () => {
  it.each([
    [{ width: 40, label: "fit", done: 5, total: 10, rate: 2.5 }, "fit [#########         ]  50% 5/10 2.5/s"],
    [{ width: 29, label: "fit", done: 5, total: 10, rate: 2.5 }, "fit [###    ]  50% 5/10 2.5/s"],
    [{ width: 24, label: "fit", done: 5, total: 10, rate: 2.5 }, "fit [####    ]  50% 5/10"],
    [{ width: 18, label: "fit", done: 5, total: 10 }, "fit [###    ]  50%"],
    [{ width: 10, label: "fit", done: 5, total: 10 }, "fit 50%"],
    [{ width: 6, label: "fit", done: 5, total: 10 }, "fi 50%"],
    [{ width: 40, label: "import", done: 1_234_567, total: 0, rate: 98_765 }, "import 1.2M 98.8k/s"],
    [{ width: 26, label: "fit", done: 10, total: 10 }, "fit [#########] 100% 10/10"],
    [{ width: 26, label: "fit", done: 12, total: 10 }, "fit [#########] 100% 12/10"],
    [{ width: 0, label: "fit", done: 1, total: 10 }, ""],
  ])("%j", (options, expected) => {
    expect(renderProgressBar(options)).toBe(expected);
  });

  it("never grows wider than it may", () => {
    const options = fc.record({
      width: fc.nat(120),
      label: fc.string({ maxLength: 40 }),
      done: fc.nat(1e9),
      total: fc.nat(1e9),
      rate: fc.option(fc.double({ min: 0 }), { nil: undefined }),
    });
    fc.assert(fc.property(options, (bar) => renderProgressBar(bar).length <= bar.width));
  });
});
