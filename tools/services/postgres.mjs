// PostgreSQL 15 or newer of the system's packages. Without fsync: its data survive a killed process, not a power cut.
// It lives in a zone where hardly anybody does, as no store may care.
import { existsSync, readdirSync, readlinkSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { findProgram, installDebianPackages, isPortOpen, run, serverUser } from "./supervisor.mjs";

const DEBIAN_FOLDER = "/usr/lib/postgresql";
const SETTINGS = [
  ...["listen_addresses=127.0.0.1", "unix_socket_directories=", "max_connections=200"],
  ...["fsync=off", "full_page_writes=off", "timezone=Asia/Kathmandu"],
];

/** Debian keeps the programs of each version in a folder that is not on the PATH. */
function program(name) {
  const versions = existsSync(DEBIAN_FOLDER) ? readdirSync(DEBIAN_FOLDER).sort((a, b) => Number(b) - Number(a)) : [];
  return findProgram(
    name,
    versions.map((version) => join(DEBIAN_FOLDER, version, "bin")),
  );
}

/** Whether a process works in the folder; of a killed server some live a moment longer than the first. */
function isInUse(folder) {
  const processes = existsSync("/proc/self") ? readdirSync("/proc").filter((name) => /^\d+$/.test(name)) : [];
  return processes.some((pid) => {
    try {
      return readlinkSync(`/proc/${pid}/cwd`) === folder;
    } catch {
      return false;
    }
  });
}

/** Removes the lock of a killed server. A process id in it that nobody has waited for yet would keep the next one from starting. */
async function removeStaleLock(data) {
  while (isInUse(data)) await sleep(20);
  rmSync(join(data, "postmaster.pid"), { force: true });
}

const login = (port) => ["-h", "127.0.0.1", "-p", String(port), "-U", "postgres"];

export const postgres = {
  name: "postgres",
  variable: "FURZE_TEST_POSTGRES_URL",
  url: (port) => `postgres://postgres@127.0.0.1:${port}/test`,
  /** A fast shutdown: it ends the sessions that are open. */
  stopSignal: "SIGINT",
  install: (context) => {
    if (program("initdb") === undefined) installDebianPackages(["postgresql"], context);
  },
  command: async ({ home, port }) => {
    const user = serverUser("postgres", home);
    const data = join(home, "data");
    if (!existsSync(join(data, "PG_VERSION"))) {
      const encoding = ["-E", "UTF8", "--locale=C.UTF-8"];
      run(program("initdb"), ["-D", data, "-U", "postgres", "-A", "trust", "--no-sync", ...encoding], { cwd: home, ...user });
    }
    await removeStaleLock(data);
    const settings = SETTINGS.flatMap((setting) => ["-c", setting]);
    return { file: program("postgres"), args: ["-D", data, "-p", String(port), ...settings], user };
  },
  isReady: async (port) => {
    if (!(await isPortOpen(port))) return false;
    try {
      run(program("pg_isready"), ["-q", ...login(port)]);
      return true;
    } catch {
      return false;
    }
  },
  prepare: ({ port }) => {
    const psql = (sql) => run(program("psql"), [...login(port), "-Atqc", sql]);
    if (psql("SELECT 1 FROM pg_database WHERE datname = 'test'") === "") psql("CREATE DATABASE test");
  },
};
