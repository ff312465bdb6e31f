// Starts, finds and stops throwaway servers for tests. Each lives in a folder of its own with its data, its log and a
// `state.json` of process id and port, so that a second start finds the first and a restart after a kill finds its data.
import { spawn, spawnSync } from "node:child_process";
import { chmodSync, chownSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { homedir, tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const READY_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 15_000;
const POLL_MS = 50;
const LOG_TAIL_LINES = 15;
/** Others must be able to enter the folders: some servers refuse to run as root and get a user of their own. */
const OPEN_TO_ALL = 0o755;

/** A service that this machine cannot run; the message says why and what would help. */
export class ServiceUnavailableError extends Error {}

export function defaultFolder() {
  return process.env.FURZE_SERVICES_DIR ?? join(tmpdir(), "furze-services");
}

/** Where downloaded servers are kept from one run to the next. */
export function cacheFolder() {
  return join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "furze-services");
}

const stateFile = (folder, name) => join(folder, name, "state.json");

/** Process id and port of a service that runs in the folder, or `undefined`. */
export function findRunning(folder, name) {
  const state = readState(folder, name);
  return state !== undefined && isAlive(state.pid) ? state : undefined;
}

function readState(folder, name) {
  try {
    return JSON.parse(readFileSync(stateFile(folder, name), "utf8"));
  } catch {
    return undefined;
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return error.code === "EPERM";
  }
  try {
    // A zombie that nobody has waited for is as good as gone.
    return !/^State:\s*Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return true;
  }
}

/**
 * Starts the service unless it runs already. After a stop or a kill it comes back on its old port, with its data.
 *
 * @returns {Promise<{ url: string, isNew: boolean }>}
 * @throws {ServiceUnavailableError}
 */
export async function startService(service, { folder = defaultFolder(), log = () => {} } = {}) {
  const running = findRunning(folder, service.name);
  if (running !== undefined) {
    await waitUntilReady(service, running, folder);
    return { url: service.url(running.port), isNew: false };
  }
  const startedAt = performance.now();
  const home = join(folder, service.name);
  const chosen = process.env[`FURZE_${service.name.toUpperCase()}_PORT`];
  const port = Number(chosen ?? readState(folder, service.name)?.port ?? (await freePort()));
  for (const path of [folder, home]) {
    mkdirSync(path, { recursive: true });
    chmodSync(path, OPEN_TO_ALL);
  }
  await service.install({ log });
  const command = await service.command({ home, port, log });
  const words = (process.env.FURZE_SERVICE_ARGUMENTS ?? "").split(" ").filter((word) => word !== "");
  const pid = launch({ ...command, args: [...command.args, ...words] }, home);
  writeFileSync(stateFile(folder, service.name), JSON.stringify({ pid, port }));
  await waitUntilReady(service, { pid, port }, folder);
  await service.prepare?.({ home, port });
  log(`${service.name}: up in ${Math.round(performance.now() - startedAt)} ms on port ${port}`);
  return { url: service.url(port), isNew: true };
}

function launch({ file, args, user, env }, home) {
  const output = openSync(join(home, "log"), "a");
  const child = spawn(file, args, {
    cwd: home,
    detached: true,
    stdio: ["ignore", output, output],
    env: { ...process.env, ...env },
    ...user,
  });
  child.on("error", () => {});
  child.unref();
  if (child.pid === undefined) throw new ServiceUnavailableError(`${file} cannot be started`);
  return child.pid;
}

async function waitUntilReady(service, { pid, port }, folder) {
  const giveUpAt = performance.now() + READY_TIMEOUT_MS;
  while (!(await service.isReady(port))) {
    const isDead = !isAlive(pid);
    if (isDead || performance.now() > giveUpAt) {
      const tail = readFileSync(join(folder, service.name, "log"), "utf8")
        .trimEnd()
        .split("\n")
        .slice(-LOG_TAIL_LINES);
      throw new ServiceUnavailableError(`${service.name} ${isDead ? "ended at once" : "does not answer"}:\n${tail.join("\n")}`);
    }
    await sleep(POLL_MS);
  }
}

/** Stops the service if it runs; its data stay until the folder is removed. @returns {Promise<boolean>} whether it ran */
export async function stopService(service, { folder = defaultFolder(), signal = service.stopSignal ?? "SIGTERM" } = {}) {
  const running = findRunning(folder, service.name);
  if (running === undefined) return false;
  process.kill(running.pid, signal);
  const giveUpAt = performance.now() + STOP_TIMEOUT_MS;
  while (isAlive(running.pid)) {
    if (performance.now() > giveUpAt) process.kill(running.pid, "SIGKILL");
    await sleep(POLL_MS);
  }
  return true;
}

export function removeData(service, { folder = defaultFolder() } = {}) {
  rmSync(join(folder, service.name), { recursive: true, force: true });
}

/** Runs a command to its end. @throws {ServiceUnavailableError} with the end of its output when it fails */
export function run(file, args, options = {}) {
  const result = spawnSync(file, args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"], ...options });
  if (result.status === 0) return result.stdout;
  const output = `${result.stdout ?? ""}${result.stderr ?? ""}`.trimEnd().split("\n").slice(-LOG_TAIL_LINES).join("\n");
  throw new ServiceUnavailableError(`${file} ${args.join(" ")} failed: ${result.error?.message ?? output}`);
}

/** Path of a program: on the PATH or in one of the folders. */
export function findProgram(name, folders = []) {
  const all = [...folders, ...(process.env.PATH ?? "").split(":"), "/usr/sbin", "/usr/local/sbin"];
  return all.map((folder) => join(folder, name)).find((path) => existsSync(path));
}

/** Installs Debian packages. @throws {ServiceUnavailableError} where that is not possible */
export function installDebianPackages(names, { log }) {
  if (findProgram("apt-get") === undefined || process.getuid?.() !== 0) {
    throw new ServiceUnavailableError(`install ${names.join(", ")} first (it is done by itself for root on Debian)`);
  }
  log(`installing ${names.join(", ")}`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const install = () => run("apt-get", ["install", "-y", "-qq", "--no-install-recommends", ...names], { env });
  try {
    install();
  } catch {
    // The lists of packages may be missing or old.
    run("apt-get", ["update", "-qq"], { env });
    install();
  }
}

/** The user that a server which refuses to run as root gets; the folder becomes his. */
export function serverUser(name, folder) {
  if (process.getuid?.() !== 0) return undefined;
  const id = (flag) => Number(run("id", [flag, name]).trim());
  const user = { uid: id("-u"), gid: id("-g") };
  chownSync(folder, user.uid, user.gid);
  return user;
}

export function userName() {
  return userInfo().username;
}

export function isPortOpen(port) {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port });
    const settle = (isOpen) => {
      socket.destroy();
      resolve(isOpen);
    };
    socket.on("connect", () => settle(true)).on("error", () => settle(false));
  });
}

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}
