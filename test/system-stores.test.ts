import { describe, test } from "vitest";
import { describeSystem } from "./support/describe-system.ts";

const { FURZE_TEST_REDIS_URL: redis, FURZE_TEST_VALKEY_URL: valkey } = process.env;

/** Stores beside SQLite, in the mixes that people run. */
const mixes = [
  { name: "SQLite and Redis", needed: [redis], stores: { cache: redis } },
  { name: "SQLite and Valkey", needed: [valkey], stores: { cache: valkey } },
];

for (const { name, needed, stores } of mixes) {
  if (needed.includes(undefined)) describe(name, () => test.todo("needs servers that are not to be had here"));
  else describeSystem(`a system on ${name}`, stores);
}
