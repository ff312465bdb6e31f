// Stops what start.mjs started: node tools/services/stop.mjs [name...] [--kill] [--wipe]
// --kill ends it without a chance to clean up, as tests of recovery want it; --wipe removes the data too.
import { parseArgs } from "node:util";
import { servicesNamed } from "./registry.mjs";
import { removeData, stopService } from "./supervisor.mjs";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { kill: { type: "boolean", default: false }, wipe: { type: "boolean", default: false } },
});

for (const service of servicesNamed(positionals)) {
  if (await stopService(service, values.kill ? { signal: "SIGKILL" } : {})) process.stderr.write(`${service.name}: stopped\n`);
  if (values.wipe) removeData(service);
}
