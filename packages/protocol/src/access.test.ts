import { InvalidArgumentError } from "@furze/core";
import { expect, it } from "vitest";
import { bearer, checkClosedByDefault, isBearerOf, isLoopbackHost, normalizeToken } from "./access.ts";

it("knows loopback", () => {
  for (const host of ["localhost", "127.0.0.1", "127.8.9.1", "::1"]) expect(isLoopbackHost(host)).toBe(true);
  for (const host of ["0.0.0.0", "::", "", "10.0.0.1", "127.0.0.1.example.org", "localhost.example.org"]) {
    expect(isLoopbackHost(host)).toBe(false);
  }
});

it("refuses to listen in the open without a proof", () => {
  expect(() => checkClosedByDefault("0.0.0.0", false)).toThrow(/set "token" or "tls"/);
  expect(() => checkClosedByDefault("0.0.0.0", true)).not.toThrow();
  expect(() => checkClosedByDefault("127.0.0.1", false)).not.toThrow();
});

it("accepts the token and nothing else", () => {
  expect(isBearerOf(bearer("secret"), "secret")).toBe(true);
  for (const header of [undefined, "", "secret", "Bearer ", "Bearer secre", "Bearer secrets", "bearer secret"]) {
    expect(isBearerOf(header, "secret")).toBe(false);
  }
});

it("takes an empty token as none and refuses one that fits no header, without showing it", () => {
  expect(normalizeToken("")).toBeUndefined();
  expect(normalizeToken(undefined)).toBeUndefined();
  expect(normalizeToken("secret")).toBe("secret");
  expect(() => normalizeToken("hunter2 with spaces")).toThrow(InvalidArgumentError);
  expect(() => normalizeToken("hunter2 with spaces")).not.toThrow(/hunter2/);
});
