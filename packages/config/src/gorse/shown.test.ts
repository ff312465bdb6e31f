import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { fixture } from "../../test/inputs.ts";
import { loadConfig } from "../load.ts";
import { isTable } from "../paths.ts";
import { configToTable } from "../serialize.ts";
import { dormantPaths } from "./dormant-keys.ts";

type Difference = readonly [path: string, gorse: unknown, furze: unknown];

/** Keys whose value is not the same, Furze having `undefined` where it has no such key. */
function differences(gorse: unknown, furze: unknown, path: string): Difference[] {
  if (isTable(gorse)) {
    const inner = isTable(furze) ? furze : {};
    return Object.entries(gorse).flatMap(([key, value]) =>
      differences(value, inner[key], path === "" ? key : `${path}.${key}`),
    );
  }
  if (Array.isArray(gorse) && isTable(gorse[0])) {
    const list = Array.isArray(furze) ? furze : [];
    return gorse.flatMap((value, index) => differences(value, list[index], path));
  }
  // Where Gorse has no list, Furze has an empty one.
  return JSON.stringify(gorse ?? []) === JSON.stringify(furze) ? [] : [[path, gorse, furze]];
}

it("loads what Gorse v0.5.11 shows as its configuration, and shows the same", () => {
  const file = fixture("gorse/shown-v0.5.json");
  const recorded: unknown = JSON.parse(readFileSync(file, "utf8"));
  const found = differences(recorded, configToTable(loadConfig({ file }).config), "");
  const dormant = new Set(dormantPaths());
  expect(found.filter(([path]) => !dormant.has(path))).toEqual([
    ["database.mysql.isolation_level", "READ-UNCOMMITTED", "READ-COMMITTED"],
  ]);
});
