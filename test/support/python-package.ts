import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const FOLDER = fileURLToPath(new URL("../../.tools/python", import.meta.url));
const INSTALL_TIMEOUT_MS = 110_000;

/** A Python that has the package, or why there is none. */
export type PythonWithPackage = { readonly python: string } | { readonly reason: string };

/**
 * Installs a Python package once, into a folder of its own in `.tools/python`.
 *
 * @param requirement name and version, `pygorse==0.5.1`
 * @throws {Error} with the reason when it cannot be had and FURZE_REQUIRE_CLIENTS=1
 */
export function ensurePythonPackage(requirement: string): PythonWithPackage {
  const found = findOrInstall(requirement);
  if ("reason" in found && process.env.FURZE_REQUIRE_CLIENTS === "1") throw new Error(`${requirement}: ${found.reason}`);
  return found;
}

function findOrInstall(requirement: string): PythonWithPackage {
  const environment = join(FOLDER, requirement.replace("==", "-"));
  const python = pythonOf(environment);
  if (existsSync(python)) return { python };
  // Made beside its place, so that neither a broken nor another run's half environment is ever taken.
  const draft = `${environment}.${process.pid}`;
  try {
    mkdirSync(FOLDER, { recursive: true });
    const system = process.platform === "win32" ? "python" : "python3";
    const reason = run(system, ["-m", "venv", draft]) ?? run(pythonOf(draft), [...PIP_INSTALL, requirement]);
    if (reason !== undefined) return { reason };
    if (!existsSync(environment)) renameSync(draft, environment);
    return { python };
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

// Few retries: without a network pip's own take minutes.
const PIP_INSTALL = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--retries=1", "--timeout=10"];

function pythonOf(environment: string): string {
  return process.platform === "win32" ? join(environment, "Scripts", "python.exe") : join(environment, "bin", "python");
}

/** Why the command failed; `undefined` when it did not. */
function run(command: string, args: readonly string[]): string | undefined {
  const result = spawnSync(command, args, { encoding: "utf8", timeout: INSTALL_TIMEOUT_MS });
  if (result.error !== undefined) return `${command} does not run: ${result.error.message}`;
  if (result.status === 0) return undefined;
  return (result.stderr + result.stdout).trim().split("\n").at(-1) ?? `${command} ended with ${result.status}`;
}
