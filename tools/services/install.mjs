// Installs the servers that tests start, as far as they are missing: node tools/services/install.mjs [name...]
// It is done by start.mjs and by the tests too; doing it before lets it run beside other work. Exits with 1 when one cannot be had.
import { servicesNamed } from "./registry.mjs";

for (const service of servicesNamed(process.argv.slice(2))) {
  const startedAt = performance.now();
  try {
    await service.install({ log: (line) => process.stdout.write(`${service.name}: ${line}\n`) });
    process.stdout.write(`${service.name}: there after ${Math.round((performance.now() - startedAt) / 1000)} s\n`);
  } catch (error) {
    process.stdout.write(`${service.name} is not to be had: ${error.message}\n`);
    process.exitCode = 1;
  }
}
