#!/usr/bin/env node
import { createLogger, runProcess, runReplicas } from "@furze/telemetry";
import { readOptions, type ServerOptions } from "./config.ts";

const logger = createLogger().child({ app: "server" });
const options = (): ServerOptions => readOptions(process.argv.slice(2), process.env);

await runReplicas({
  logger,
  count: () => options().processes,
  run: async () => {
    // Loaded here, so that the process that only watches over several replicas does without it.
    const { startServer } = await import("./compose.ts");
    await runProcess({ logger, start: async (signal) => startServer(options(), logger, signal) });
  },
});
