import { type Logger, silentLogger, systemClock } from "@furze/core";
import { previewPrompt, ScriptRunner } from "@furze/recommend";
import { createMasterApi, type ListenOptions, listen, type RestApiOptions } from "../src/index.ts";
import { keptInMemory } from "./kept-in-memory.ts";
import { openRealSystem, PIPELINE } from "./real-system.ts";

// A process that serves the API of a master and tells its parent where, and how much memory it holds when asked. It ends with its parent.

export interface ServeOptions {
  readonly api?: RestApiOptions;
  readonly listen?: Partial<ListenOptions>;
}

const { api, listen: where } = JSON.parse(process.argv[2] ?? "{}") as ServeOptions;
const { dependencies } = await openRealSystem(api);
const { dataStore, clock = systemClock } = dependencies;
const scripts = new ScriptRunner(1);
/** Errors go to the parent's error stream, where a test can see them. */
const printing: Logger = { ...silentLogger, error: (message, fields) => console.error(message, fields), child: () => printing };
const server = await listen(
  createMasterApi({
    ...dependencies,
    tasks: { tasks: () => [] },
    cluster: { nodes: () => [] },
    trainer: { trigger: () => true, state: { models: [] } },
    configuration: keptInMemory({ cache_size: 100 }),
    runScript: (script, userId, call) => scripts.run({ name: "preview", script, timeLimitMs: 200 }, userId, call),
    previewPrompt: (templates, userId, call) =>
      previewPrompt({ dataStore, roles: PIPELINE.roles, clock }, templates, userId, call),
    logger: printing,
  }),
  { port: 0, ...where },
);
process.on("message", () => {
  globalThis.gc?.();
  process.send?.({ rssBytes: process.memoryUsage().rss });
});
process.on("disconnect", () => process.exit());
process.send?.({ address: server.address });
