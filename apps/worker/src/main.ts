#!/usr/bin/env node
import { createLogger, limitHeapGrowth, runProcess } from "@furze/telemetry";
import { startWorker } from "./compose.ts";
import { readOptions } from "./config.ts";

limitHeapGrowth();
const logger = createLogger().child({ app: "worker" });

await runProcess({
  logger,
  start: async (signal) => startWorker(readOptions(process.argv.slice(2), process.env), logger, signal),
});
