import { test } from "vitest";
import { describeSystem } from "./support/describe-system.ts";

const { FURZE_TEST_POSTGRES_URL: postgres, FURZE_TEST_MYSQL_URL: mariadb } = process.env;
const { FURZE_TEST_REDIS_URL: redis, FURZE_TEST_VALKEY_URL: valkey, FURZE_TEST_MONGODB_URL: mongo } = process.env;
const { FURZE_TEST_CLICKHOUSE_URL: clickhouse } = process.env;

const s3 = process.env.FURZE_TEST_S3_URL;

/** Model files in S3, whose address and keys come from Gorse's environment variables. */
function s3Blobs(url: string) {
  const { origin, username, password, pathname } = new URL(url);
  const env = { S3_ENDPOINT: origin, S3_ACCESS_KEY_ID: username, S3_SECRET_ACCESS_KEY: password };
  return { uri: `s3:/${pathname}/system-${process.pid}`, env };
}

/** Reported by name; runs that must have all servers fail without one before they come here. */
function skipSystem(name: string): void {
  test(`a system on ${name}`, (context) => context.skip("a server of it was not started"));
}

/** Every store in each of its roles, in the mixes that people run; SQLite alone has a file of its own. */
const mixes = [
  { name: "SQLite and Redis", data: "sqlite", cache: redis },
  { name: "SQLite and Valkey", data: "sqlite", cache: valkey },
  { name: "PostgreSQL", data: postgres, cache: postgres },
  { name: "PostgreSQL and Redis, with a server of two processes", data: postgres, cache: redis, serverProcesses: 2 },
  { name: "PostgreSQL and SQLite", data: postgres, cache: "sqlite" },
  { name: "MariaDB", data: mariadb, cache: mariadb },
  { name: "MariaDB and Valkey", data: mariadb, cache: valkey },
  { name: "MongoDB and SQLite", data: mongo, cache: "sqlite" },
  { name: "ClickHouse and Redis", data: clickhouse, cache: redis },
  { name: "SQLite and MongoDB", data: "sqlite", cache: mongo },
];

for (const { name, data, cache, serverProcesses } of mixes) {
  if (data === undefined || cache === undefined) {
    skipSystem(name);
    continue;
  }
  const uri = (store: string) => (store === "sqlite" ? undefined : store);
  describeSystem(`a system on ${name}`, { data: uri(data), cache: uri(cache) }, { serverProcesses: serverProcesses ?? 1 });
}

if (s3 === undefined) skipSystem("SQLite and S3");
else describeSystem("a system on SQLite and S3", { blobs: s3Blobs(s3) });
