import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const PYGORSE = "pygorse==0.5.1";

const FOLDER = fileURLToPath(new URL("../../.tools/python", import.meta.url));
const INSTALL_TIMEOUT_MS = 110_000;

/** A Python that has the client, or why there is none. */
export type Pygorse = { readonly python: string } | { readonly reason: string };

/**
 * Installs Gorse's Python client once, into `.tools/python`.
 *
 * @throws {Error} with the reason when it cannot be had and FURZE_REQUIRE_CLIENTS=1
 */
export function ensurePygorse(): Pygorse {
  const found = findOrInstall();
  if ("reason" in found && process.env.FURZE_REQUIRE_CLIENTS === "1") throw new Error(`${PYGORSE}: ${found.reason}`);
  return found;
}

function findOrInstall(): Pygorse {
  const environment = join(FOLDER, PYGORSE.replace("==", "-"));
  const python = pythonOf(environment);
  if (existsSync(python)) return { python };
  // Made beside its place, so that neither a broken nor another run's half environment is ever taken.
  const draft = `${environment}.${process.pid}`;
  try {
    mkdirSync(FOLDER, { recursive: true });
    const system = process.platform === "win32" ? "python" : "python3";
    const reason = run(system, ["-m", "venv", draft]) ?? run(pythonOf(draft), [...PIP_INSTALL, PYGORSE]);
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
