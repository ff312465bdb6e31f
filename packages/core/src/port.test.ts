import { expect, it } from "vitest";
import { parsePort } from "./port.ts";

it("takes ports and nothing else", () => {
  expect(parsePort("0", "--port")).toBe(0);
  expect(parsePort("65535", "--port")).toBe(65_535);
  for (const text of ["", "65536", "-1", "8087x", "0x10", "1e3", " 1"]) {
    expect(() => parsePort(text, "--port")).toThrow("--port must be a number from 0 to 65535");
  }
});
