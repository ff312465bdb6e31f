import { describe, expect, it } from "vitest";
import { InvalidArgumentError } from "./errors.ts";
import { toItemId, toUserId } from "./ids.ts";
import { MAX_ID_LENGTH } from "./records.ts";

describe("ids", () => {
  it.each(["a", "a/b:c", "日本", "😀", " ", "x".repeat(MAX_ID_LENGTH)])("accepts %j unchanged", (id) => {
    expect(toUserId(id)).toBe(id);
    expect(toItemId(id)).toBe(id);
  });

  it.each([
    ["", "UserId must not be empty"],
    ["x".repeat(MAX_ID_LENGTH + 1), "UserId has 257 characters, at most 256 are allowed"],
    ["a\0b", "UserId must not contain a NUL character"],
    ["a\ud800", "UserId is not valid Unicode text"],
  ])("refuses %j", (id, message) => {
    expect(() => toUserId(id)).toThrow(new InvalidArgumentError("UserId", message));
  });

  it("names the argument that the caller gave", () => {
    expect(() => toItemId("", "items[3]")).toThrow(
      expect.objectContaining({ path: "items[3]", message: "items[3] must not be empty" }),
    );
  });
});
