import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createLogger, Metrics, runProcess, runReplicas } from "../src/index.ts";

// Answers `/metrics`, and anything else with its process id; its argument is the number of replicas, or "broken".
const [kind = "1"] = process.argv.slice(2);
const logger = createLogger({ level: "silent" });

await runReplicas({
  logger,
  count: () => (kind === "broken" ? 2 : Number(kind)),
  run: () =>
    runProcess({
      logger,
      start: async () => {
        if (kind === "broken") throw new Error("The configuration is broken.");
        const metrics = new Metrics();
        const requests = metrics.counter({ name: "requests_total", help: "Requests" });
        metrics.registerProcessMetrics();
        const server = createServer(async (request, response) => {
          response.setHeader("Connection", "close");
          if (request.url === "/metrics") {
            response.end(await metrics.metricsText());
          } else {
            requests.inc();
            response.end(String(process.pid));
          }
        });
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
        process.stdout.write(`${(server.address() as AddressInfo).port} ${process.pid}\n`);
        return { close: () => new Promise((resolve) => server.close(() => resolve())) };
      },
    }),
});
