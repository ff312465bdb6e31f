import { expect, test } from "vitest";
import { parsePostgresUri } from "./postgres-uri.ts";

test.each([
  ["", { mode: "off" }],
  ["?sslmode=disable", { mode: "off" }],
  ["?sslmode=prefer", { mode: "off" }],
  ["?sslmode=require", { mode: "encrypt" }],
  ["?sslmode=require&sslrootcert=/ca.pem", { mode: "verify-ca", caFile: "/ca.pem" }],
  ["?sslmode=verify-ca&sslrootcert=system", { mode: "verify-ca" }],
  ["?sslmode=verify-full&sslcert=/c.pem&sslkey=/k.pem", { mode: "verify-full", certFile: "/c.pem", keyFile: "/k.pem" }],
])("understands %s as PostgreSQL's own programs do", (query, tls) => {
  const address = parsePostgresUri(`postgres://me:p%40w@db:5433/furze${query}`);
  expect(address).toEqual({ connectionString: "postgres://me:p%40w@db:5433/furze", place: "db:5433", tls });
});

test("parameters that are not about TLS go to the driver", () => {
  const { connectionString, place } = parsePostgresUri("postgres:///furze?host=/run/postgresql&sslmode=disable");
  expect([connectionString, place]).toEqual(["postgres:///furze?host=%2Frun%2Fpostgresql", "the local socket"]);
});

test("refuses what is no address and modes that there are not", () => {
  expect(() => parsePostgresUri("somewhere")).toThrow(/must look like/);
  expect(() => parsePostgresUri("postgres://me:secret@db/furze?sslmode=maybe")).toThrow(/unknown value of sslmode: maybe/);
});
