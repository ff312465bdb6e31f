import { expect, test } from "vitest";
import { loadDriver } from "./load-driver.ts";

test("a driver that is not installed gives an error that says how to get it", async () => {
  // The name is put together, so that nothing but the running program tries to find it.
  const missing = ["no", "such", "driver"].join("-");
  const loading = loadDriver("pg", () => import(/* @vite-ignore */ missing));
  await expect(loading).rejects.toMatchObject({ code: "UNSUPPORTED", capability: "pg" });
  await expect(loading).rejects.toThrow("npm install pg");
});

test("a driver that breaks while it is loaded keeps its own error", async () => {
  await expect(loadDriver("pg", () => Promise.reject(new TypeError("broken")))).rejects.toThrow(TypeError);
});
