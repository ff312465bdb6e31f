// A vitest globalSetup: gives tests the addresses of the services they name. A test file asks for a service by reading its
// variable, FURZE_TEST_POSTGRES_URL for example, and leaves its cases out when that is not set. Variables that are set already
// win; then services that start.mjs has started are taken; others run for this one run of the tests, in a folder of their own.
// FURZE_REQUIRE_SERVICES=postgres,mariadb makes it an error when one of these cannot be had.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { services, servicesNamed } from "./registry.mjs";
import { defaultFolder, findRunning, startService, stopService } from "./supervisor.mjs";

/** Services that the text of a file names by their variables. */
export function servicesIn(text) {
  return services.filter(({ variable }) => new RegExp(`\\b${variable}\\b`).test(text));
}

async function neededServices(project) {
  const { testFiles } = await project.globTestFiles(project.vitest.filenamePattern ?? []);
  const texts = testFiles.map((path) => readFileSync(path, "utf8"));
  return services.filter((service) => texts.some((text) => servicesIn(text).includes(service)));
}

function requiredServices() {
  const names = (process.env.FURZE_REQUIRE_SERVICES ?? "").split(",").filter((name) => name !== "");
  return names.length === 0 ? [] : servicesNamed(names);
}

export default async function setup(project) {
  const required = requiredServices();
  const folder = mkdtempSync(join(tmpdir(), "furze-test-services-"));
  const started = [];
  const teardown = async () => {
    await Promise.all(started.map((service) => stopService(service, { folder })));
    rmSync(folder, { recursive: true, force: true });
  };
  for (const service of await neededServices(project)) {
    if (process.env[service.variable] !== undefined) continue;
    const isShared = findRunning(defaultFolder(), service.name) !== undefined;
    try {
      const { url } = await startService(service, isShared ? {} : { folder });
      if (!isShared) started.push(service);
      process.env[service.variable] = url;
    } catch (error) {
      if (required.includes(service)) {
        await teardown();
        throw error;
      }
      process.stderr.write(`Tests of ${service.name} are skipped: ${error.message}\n`);
    }
  }
  return teardown;
}
