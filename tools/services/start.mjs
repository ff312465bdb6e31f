// Throwaway servers for tests, on loopback, without passwords: node tools/services/start.mjs [name...]
//
// Starts those named (all without a name) unless they run, installing what is missing. Prints KEY=URL lines, the same that
// go to the file `env` in the folder of the services: FURZE_SERVICES_DIR, by default furze-services in the temp folder.
// FURZE_POSTGRES_PORT and the like choose a port; by default it is a free one, and stays the same over restarts.
// FURZE_SERVICE_ARGUMENTS holds words that go to the servers' programs behind all others, for tests that want other settings.
// Exits with 1 when one of them cannot be had; the others run all the same.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { services, servicesNamed } from "./registry.mjs";
import { defaultFolder, findRunning, startService } from "./supervisor.mjs";

const folder = defaultFolder();
const log = (line) => process.stderr.write(`${line}\n`);

for (const service of servicesNamed(process.argv.slice(2))) {
  try {
    const { url } = await startService(service, { folder, log });
    process.stdout.write(`${service.variable}=${url}\n`);
  } catch (error) {
    log(`${service.name} is not to be had: ${error.message}`);
    process.exitCode = 1;
  }
}

const lines = services.flatMap((service) => {
  const running = findRunning(folder, service.name);
  return running === undefined ? [] : [`${service.variable}=${service.url(running.port)}\n`];
});
writeFileSync(join(folder, "env"), lines.join(""));
