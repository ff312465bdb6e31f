import { expect, test } from "vitest";
import { compareBytes } from "./byte-order.ts";

test("the order is that of the UTF-8 bytes", () => {
  const texts = [
    "",
    "a",
    "a ",
    "ab",
    "Z",
    "é",
    "\uD7FF",
    "\uE000",
    "\uFFFD",
    "😀",
    "😀a",
    "😁",
    "a😀",
    "a\uFFFD",
    "\u{10FFFF}",
  ];
  for (const a of texts) {
    for (const b of texts) {
      expect([a, b, Math.sign(compareBytes(a, b))]).toEqual([a, b, Buffer.compare(Buffer.from(a), Buffer.from(b))]);
    }
  }
});
