import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { configKeys } from "./keys.ts";
import { configReference } from "./reference.ts";

it("names every key, with its type, default and variables", () => {
  const reference = configReference();
  for (const { path } of configKeys()) expect(reference).toContain(`| \`${path.slice(path.lastIndexOf(".") + 1)}\` |`);
  expect(reference).toContain(
    "| `default_n` | integer: at least 1 | `10` | `FURZE_SERVER_DEFAULT_N` | Length of an answer that names none. |",
  );
  expect(reference).toContain('| `api_key` | string (secret) | `""` | `FURZE_SERVER_API_KEY`, `GORSE_SERVER_API_KEY` |');
  expect(reference).toContain("As a whole: `FURZE_RECOMMEND_ITEM_TO_ITEM`, JSON.");
});

it("is what docs/configuration.md says: pnpm docs:config writes it anew", () => {
  const page = readFileSync(new URL("../../../docs/configuration.md", import.meta.url), "utf8");
  expect(page).toBe(`${configReference()}\n`);
});
