// Makes a fresh clone ready to run: toolchain, packages, kernels. Every step is skipped when its result is up to date.
//
//   node tools/bootstrap.mjs          prepare and say what was done
//   node tools/bootstrap.mjs --path   prepare quietly and print a PATH that finds node, pnpm and the workspace's tools
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, statSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const OLDEST_NODE_MAJOR = 20;
const INSTALL_TIMEOUT_MS = 600_000;

const modified = (path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;

/** Every file that decides what `pnpm install` does. */
function installInputs(root) {
  const folders = ["packages", "apps", "examples"].flatMap((group) => {
    const folder = join(root, group);
    return existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];
  });
  const manifests = [root, join(root, "benchmarks"), ...folders].map((folder) => join(folder, "package.json"));
  return [join(root, "pnpm-lock.yaml"), join(root, "pnpm-workspace.yaml"), ...manifests];
}

function installPackages({ root, pnpm, env }, { assertWritable, BootstrapError, explainFailure }) {
  const stamp = join(root, "node_modules", ".modules.yaml");
  if (modified(stamp) > Math.max(...installInputs(root).map(modified))) return "up to date";
  assertWritable();
  // pnpm's own retries take nine minutes on a machine without a network.
  const retries = ["--config.fetch-retries=2", "--config.fetch-retry-mintimeout=500", "--config.fetch-retry-maxtimeout=3000"];
  const args = ["install", "--frozen-lockfile", "--reporter=append-only", ...retries];
  const result = spawnSync(pnpm, args, {
    cwd: root,
    // CI=true keeps pnpm from asking before it replaces a node_modules of another version.
    env: { ...env, CI: "true" },
    encoding: "utf8",
    timeout: INSTALL_TIMEOUT_MS,
    maxBuffer: 1 << 28,
    stdio: ["ignore", "pipe", "pipe"],
    shell: process.platform === "win32" && pnpm === "pnpm",
  });
  if (result.status !== 0) throw new BootstrapError(explainFailure("pnpm install", result));
  // pnpm leaves the stamp alone when there was nothing to do.
  const now = new Date();
  utimesSync(stamp, now, now);
  return "installed";
}

function buildKernels({ root, node, env }, { BootstrapError, explainFailure }) {
  const newest = (name) => {
    const folder = join(root, "packages", "kernels", name);
    return existsSync(folder) ? Math.max(0, ...readdirSync(folder).map((file) => modified(join(folder, file)))) : 0;
  };
  const script = modified(join(root, "packages", "kernels", "build.mjs"));
  // build.mjs asks the same, but only after it has loaded the compiler, which takes half a second.
  if (newest("build") > Math.max(script, newest("assembly"))) return "up to date";
  const result = spawnSync(node, ["build.mjs"], {
    cwd: join(root, "packages", "kernels"),
    env,
    encoding: "utf8",
    timeout: INSTALL_TIMEOUT_MS,
    stdio: ["ignore", "pipe", "pipe"],
  });
  if (result.status !== 0) throw new BootstrapError(explainFailure("Building the kernels", result));
  return "built";
}

/**
 * Prepares the repository.
 *
 * @param {{ quiet?: boolean, steps?: number }} [options] `quiet`: print nothing (default false);
 *   `steps`: the total to show in "1/3" when the caller adds steps of its own (default 3)
 * @returns {Promise<{ root: string, node: string, pnpm: string, env: NodeJS.ProcessEnv }>} programs by path, and the environment to run them in
 * @throws {BootstrapError} one sentence that says what is missing
 */
export async function bootstrap({ quiet = false, steps = 3 } = {}) {
  if (Number.parseInt(process.versions.node, 10) < OLDEST_NODE_MAJOR) {
    // An Error of its own class would have to be imported, and the other modules need a newer Node.js to load.
    throw Object.assign(
      new Error(`Node.js ${process.versions.node} is too old: Furze starts from Node.js ${OLDEST_NODE_MAJOR} or newer.`),
      {
        name: "BootstrapError",
      },
    );
  }
  const { root, ensureToolchain, assertWritable } = await import("./toolchain.mjs");
  const { BootstrapError, explainFailure } = await import("./explain.mjs");
  const helpers = { assertWritable, BootstrapError, explainFailure };
  let started = Date.now();
  const say = (step, text) => {
    if (!quiet) process.stdout.write(`${step}/${steps} ${text} (${((Date.now() - started) / 1000).toFixed(1)} s)\n`);
    started = Date.now();
  };
  const toolchain = ensureToolchain();
  const versions = `Node.js ${toolchain.nodeVersion}, pnpm ${toolchain.pnpmVersion}`;
  say(1, `${versions}: ${toolchain.installed ? "installed into .tools" : "found"}`);
  const context = { root, node: toolchain.node, pnpm: toolchain.pnpm, env: toolchain.env };
  say(2, `packages: ${installPackages(context, helpers)}`);
  say(3, `kernels: ${buildKernels(context, helpers)}`);
  return context;
}

/** Runs `main`, prints an expected failure as one sentence, and sets the exit code. */
export async function runTool(main) {
  try {
    process.exitCode = (await main()) ?? 0;
  } catch (error) {
    process.stderr.write(`${error.name === "BootstrapError" ? error.message : (error.stack ?? error)}\n`);
    process.exitCode = 1;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await runTool(async () => {
    const printPath = process.argv.includes("--path");
    const { env } = await bootstrap({ quiet: printPath });
    if (printPath) process.stdout.write(`${env.PATH ?? env.Path}\n`);
  });
}
