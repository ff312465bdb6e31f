import { describe, test } from "vitest";
import { describeSystem } from "./support/describe-system.ts";

const { FURZE_TEST_POSTGRES_URL: postgres, FURZE_TEST_MYSQL_URL: mariadb } = process.env;
const { FURZE_TEST_REDIS_URL: redis, FURZE_TEST_VALKEY_URL: valkey } = process.env;

/** Every store in each of its roles, in the mixes that people run; SQLite alone has a file of its own. */
const mixes = [
  { name: "SQLite and Redis", data: "sqlite", cache: redis },
  { name: "SQLite and Valkey", data: "sqlite", cache: valkey },
  { name: "PostgreSQL", data: postgres, cache: postgres },
  { name: "PostgreSQL and Redis", data: postgres, cache: redis },
  { name: "PostgreSQL and SQLite", data: postgres, cache: "sqlite" },
  { name: "MariaDB", data: mariadb, cache: mariadb },
  { name: "MariaDB and Valkey", data: mariadb, cache: valkey },
];

for (const { name, data, cache } of mixes) {
  if (data === undefined || cache === undefined) {
    describe(name, () => test.todo("needs servers that are not to be had here"));
    continue;
  }
  const uri = (store: string) => (store === "sqlite" ? undefined : store);
  describeSystem(`a system on ${name}`, { data: uri(data), cache: uri(cache) });
}
