#!/usr/bin/env node
import { createLogger, runProcess, runReplicas } from "@furze/telemetry";
import { startServer } from "./compose.ts";
import { readOptions, type ServerOptions } from "./config.ts";

const logger = createLogger().child({ app: "server" });
const options = (): ServerOptions => readOptions(process.argv.slice(2), process.env);

await runReplicas({
  logger,
  count: () => options().processes,
  run: () => runProcess({ logger, start: async (signal) => startServer(options(), logger, signal) }),
});
