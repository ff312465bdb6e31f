// MariaDB of the system's packages (10.11 on Debian 12). Its data survive a killed process, not a power cut.
// It lives in a zone where hardly anybody does, as no store may care.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { findProgram, installDebianPackages, isPortOpen, run, serverUser, userName } from "./supervisor.mjs";

const SETTINGS = [
  "--bind-address=127.0.0.1",
  "--skip-name-resolve",
  "--skip-log-bin",
  "--innodb-flush-log-at-trx-commit=2",
  "--innodb-buffer-pool-size=256M",
  "--max-allowed-packet=64M",
  "--default-time-zone=+05:45",
];

const client = (port, ...args) => ["--no-defaults", "-h127.0.0.1", `-P${port}`, "-uroot", ...args];

export const mariadb = {
  name: "mariadb",
  variable: "FURZE_TEST_MYSQL_URL",
  url: (port) => `mysql://root@127.0.0.1:${port}/test`,
  install: (context) => {
    if (findProgram("mariadbd") === undefined) installDebianPackages(["mariadb-server"], context);
  },
  command: ({ home, port }) => {
    const user = serverUser("mysql", home);
    const data = join(home, "data");
    const name = user === undefined ? userName() : "mysql";
    if (!existsSync(join(data, "mysql"))) {
      const options = ["--auth-root-authentication-method=normal", "--skip-test-db", "--skip-name-resolve"];
      run(findProgram("mariadb-install-db"), ["--no-defaults", `--user=${name}`, `--datadir=${data}`, ...options]);
    }
    const place = [
      `--datadir=${data}`,
      `--port=${port}`,
      `--socket=${join(home, "socket")}`,
      `--pid-file=${join(home, "pid")}`,
    ];
    return { file: findProgram("mariadbd"), args: ["--no-defaults", ...place, ...SETTINGS], user };
  },
  isReady: async (port) => {
    if (!(await isPortOpen(port))) return false;
    try {
      run("mariadb-admin", client(port, "ping"));
      return true;
    } catch {
      return false;
    }
  },
  prepare: ({ port }) => {
    run("mariadb", client(port, "-e", "CREATE DATABASE IF NOT EXISTS test"));
  },
};
