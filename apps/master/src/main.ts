#!/usr/bin/env node
import { createLogger, limitHeapGrowth, runProcess } from "@furze/telemetry";
import { composeMaster } from "./compose.ts";
import { readOptions } from "./config.ts";

limitHeapGrowth();
const logger = createLogger().child({ app: "master" });

await runProcess({ logger, start: async () => composeMaster(readOptions(process.argv.slice(2), process.env), logger) });
