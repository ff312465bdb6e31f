import { describe, expect, it } from "vitest";
import { formatRecommendations } from "./show-recommendations.ts";

const lists = {
  userId: "42",
  liked: [
    { title: "Alien (1979)", value: 5 },
    { title: "Heat (1995)", value: 4.5 },
  ],
  recommended: [
    { title: "Aliens (1986)", source: "collaborative" },
    { title: "Blade Runner (1982)", source: "item-to-item/similar" },
    { title: "Up (2009)", source: "latest" },
  ],
};

describe("formatRecommendations", () => {
  it("puts what is liked beside what is recommended, with the source", () => {
    expect(formatRecommendations(lists, 100)).toEqual([
      "User 42 liked       is recommended            because of",
      "-----------------   -----------------------   --------------------",
      "  5  Alien (1979)    1  Aliens (1986)         collaborative",
      "4.5  Heat (1995)     2  Blade Runner (1982)   item-to-item/similar",
      "                     3  Up (2009)             latest",
    ]);
  });

  it("cuts long titles to the width of the terminal", () => {
    const title = "A Very Long Title Indeed, With a Subtitle That Does Not Fit (2001)";
    const lines = formatRecommendations(
      { userId: "1", liked: [{ title, value: 5 }], recommended: [{ title, source: "x" }] },
      80,
    );
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(lines[2]).toContain("…");
  });

  it("lets no title control the terminal", () => {
    const title = "\u001b[31mred\u001b[0m\u0007\nline\u009b";
    const [, , row] = formatRecommendations({ userId: "1", liked: [], recommended: [{ title, source: "x" }] }, 80);
    expect(row).toMatch(/ 1 {2}red line/);
    expect(row).not.toMatch(/\p{Cc}/u);
  });

  it("shows a title alone when feedback has no value", () => {
    const [, , row] = formatRecommendations({ userId: "1", liked: [{ title: "T", value: 0 }], recommended: [] }, 80);
    expect(row).toBe("T");
  });
});
