// Generates src/generated/operations.ts from the OpenAPI document of @furze/rest-api, that of a master, which has all routes.
// With --check it changes nothing and exits 1 when the committed file is stale.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createMasterApi } from "@furze/rest-api";
import { writeClient } from "./write-client.mjs";

const file = new URL("src/generated/operations.ts", import.meta.url);

// The document comes from the routes alone: nothing behind them is asked.
const nothing = {
  dataStore: {},
  cacheStore: {},
  recommender: {},
  itemEditor: {},
  tasks: {},
  cluster: {},
  trainer: {},
  runScript: async () => [],
  previewPrompt: async () => ({}),
  configuration: { shown: () => ({}), schema: {} },
};
const text = writeClient(await (await createMasterApi(nothing).request("/apidocs.json")).json());

if (!process.argv.includes("--check")) {
  mkdirSync(new URL(".", file), { recursive: true });
  writeFileSync(file, text);
} else if (readFileSync(file, "utf8") !== text) {
  console.error('stale: packages/client/src/generated/operations.ts (run "pnpm generate")');
  process.exitCode = 1;
}
