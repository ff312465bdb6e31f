import { createLogger, runProcess } from "@furze/telemetry";
import { startServer } from "./compose.ts";
import { readOptions } from "./config.ts";

const logger = createLogger().child({ app: "server" });

await runProcess({
  logger,
  start: async (signal) => startServer(readOptions(process.argv.slice(2), process.env), logger, signal),
});
