import { describe, expect, it } from "vitest";
import {
  AbortError,
  FurzeError,
  InvalidArgumentError,
  InvalidDatasetError,
  NotFoundError,
  throwIfAborted,
  UnavailableError,
  UnsupportedError,
} from "./errors.ts";

/** A second copy of the module, as two installed versions of the package would be. */
async function loadCopy(): Promise<typeof import("./errors.ts")> {
  const url = new URL("./errors.ts?copy", import.meta.url).href;
  return import(/* @vite-ignore */ url);
}

describe("FurzeError.is", () => {
  it("knows errors of another copy of the package, which instanceof does not", async () => {
    const copy = await loadCopy();
    const foreign = new copy.NotFoundError("user", "bob");
    expect(foreign).not.toBeInstanceOf(FurzeError);
    expect(FurzeError.is(foreign)).toBe(true);
    expect(copy.FurzeError.is(new AbortError())).toBe(true);
  });

  it("knows nothing else", () => {
    const lookalike = Object.assign(new Error("no"), { code: "NOT_FOUND", retryable: false });
    for (const value of [undefined, null, "NOT_FOUND", 5, new Error("no"), lookalike, {}])
      expect(FurzeError.is(value)).toBe(false);
  });
});

describe("subclasses", () => {
  it.each([
    [new InvalidArgumentError("limit", "too many"), "InvalidArgumentError", "INVALID_ARGUMENT", false],
    [new NotFoundError("item", "x"), "NotFoundError", "NOT_FOUND", false],
    [new UnsupportedError("search", "no index"), "UnsupportedError", "UNSUPPORTED", false],
    [new UnavailableError("down"), "UnavailableError", "UNAVAILABLE", true],
    [new UnavailableError("gone for good", { retryable: false }), "UnavailableError", "UNAVAILABLE", false],
    [new InvalidDatasetError("empty"), "InvalidDatasetError", "INVALID_DATASET", false],
    [new AbortError(), "AbortError", "ABORTED", false],
  ])("%s carries name, code and whether to retry", (error, name, code, retryable) => {
    expect({ name: error.name, code: error.code, retryable: error.retryable }).toEqual({ name, code, retryable });
    expect(error).toBeInstanceOf(Error);
    expect(error.stack).toContain(error.message);
  });

  it("words a missing record as the clients of Gorse expect", () => {
    expect(new NotFoundError("user", "bob").message).toBe("bob: user not found");
  });

  it("keeps a cause, and has none when none is given", () => {
    const cause = new Error("socket closed");
    expect(new UnavailableError("down", { cause }).cause).toBe(cause);
    expect("cause" in new UnavailableError("down")).toBe(false);
  });
});

describe("throwIfAborted", () => {
  it("throws with the reason as cause once the signal is aborted", () => {
    const controller = new AbortController();
    expect(() => throwIfAborted(controller.signal)).not.toThrow();
    expect(() => throwIfAborted(undefined)).not.toThrow();
    controller.abort("shutting down");
    expect(() => throwIfAborted(controller.signal)).toThrow(
      expect.objectContaining({ code: "ABORTED", cause: "shutting down" }),
    );
  });
});
