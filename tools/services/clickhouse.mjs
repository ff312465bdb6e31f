// ClickHouse's engine out of the npm package chdb, behind its HTTP interface (clickhouse-bridge.mjs).
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { cacheFolder, findProgram, run } from "./supervisor.mjs";

const PACKAGE = "chdb@3.4.0";
const BRIDGE = fileURLToPath(new URL("clickhouse-bridge.mjs", import.meta.url));

const folder = () => join(cacheFolder(), "chdb");

export const clickhouse = {
  name: "clickhouse",
  variable: "FURZE_TEST_CLICKHOUSE_URL",
  url: (port) => `clickhouse://127.0.0.1:${port}/default`,
  install: ({ log }) => {
    if (existsSync(join(folder(), "node_modules", "chdb", "package.json"))) return;
    log(`downloading ${PACKAGE}`);
    mkdirSync(folder(), { recursive: true });
    writeFileSync(join(folder(), "package.json"), '{ "private": true, "type": "module" }\n');
    run(findProgram("npm") ?? "npm", ["install", "--silent", "--ignore-scripts", PACKAGE], { cwd: folder() });
  },
  command: ({ home, port }) => ({ file: process.execPath, args: [BRIDGE, folder(), String(port), join(home, "data")] }),
  isReady: async (port) => {
    try {
      return (await fetch(`http://127.0.0.1:${port}/ping`)).ok;
    } catch {
      return false;
    }
  },
};
