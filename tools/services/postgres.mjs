// PostgreSQL 15 or newer of the system's packages. Without fsync: its data survive a killed process, not a power cut.
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { findProgram, installDebianPackages, isPortOpen, run, serverUser } from "./supervisor.mjs";

const DEBIAN_FOLDER = "/usr/lib/postgresql";
const SETTINGS = ["listen_addresses=127.0.0.1", "fsync=off", "full_page_writes=off", "timezone=UTC", "max_connections=200"];

/** Debian keeps the programs of each version in a folder that is not on the PATH. */
function program(name) {
  const versions = existsSync(DEBIAN_FOLDER) ? readdirSync(DEBIAN_FOLDER).sort((a, b) => Number(b) - Number(a)) : [];
  return findProgram(
    name,
    versions.map((version) => join(DEBIAN_FOLDER, version, "bin")),
  );
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
  command: ({ home, port }) => {
    const user = serverUser("postgres", home);
    const data = join(home, "data");
    if (!existsSync(join(data, "PG_VERSION"))) {
      const encoding = ["-E", "UTF8", "--locale=C.UTF-8"];
      run(program("initdb"), ["-D", data, "-U", "postgres", "-A", "trust", "--no-sync", ...encoding], { cwd: home, ...user });
    }
    const settings = [...SETTINGS, `unix_socket_directories=${home}`].flatMap((setting) => ["-c", setting]);
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
