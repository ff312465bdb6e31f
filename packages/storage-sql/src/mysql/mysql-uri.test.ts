import { expect, test } from "vitest";
import { parseMysqlUri } from "./mysql-uri.ts";

const PLACE = {
  host: "db",
  port: 3306,
  socketPath: undefined,
  user: "me",
  password: "",
  database: "furze",
  tls: { mode: "off" },
};

test.each([
  ["mysql://me@db/furze", {}],
  ["mysql://me:p%40%2Fw@db:3307/furze", { port: 3307, password: "p@/w" }],
  ["MYSQL://me@[::1]:3307/furze?tls=true", { host: "::1", port: 3307, tls: { mode: "verify-full" } }],
  ["mysql://me:pw@tcp(db:3307)/furze?parseTime=true&loc=UTC", { port: 3307, password: "pw" }],
  ["mysql://me:p@ss:w/o?r(d)@tcp(db:3306)/furze?tls=true", { password: "p@ss:w/o?r(d)", tls: { mode: "verify-full" } }],
  ["mysql://me@tcp(db)/furze?tls=skip-verify", { tls: { mode: "encrypt" } }],
  ["mysql://me@tcp([fe80::1]:3308)/furze", { host: "fe80::1", port: 3308 }],
  ["mysql://me@(db:3306)/furze", {}],
  ["mysql://me@unix(/run/mysqld.sock)/furze", { host: "localhost", socketPath: "/run/mysqld.sock" }],
  ["mysql://me@db/furze?ssl-mode=REQUIRED", { tls: { mode: "encrypt" } }],
  ["mysql://me@db/furze?ssl-mode=VERIFY_CA&ssl-ca=/etc/ca.pem", { tls: { mode: "verify-ca", caFile: "/etc/ca.pem" } }],
  ["mysql://tcp(db:3306)/furze", { user: "" }],
])("reads %s", (uri, parts) => {
  expect(parseMysqlUri(uri)).toEqual({ ...PLACE, ...parts });
});

test.each([
  ["postgres://db/furze", "must begin with mysql://"],
  ["mysql://me@db", "lacks a database"],
  ["mysql://me@tcp(db:3306)/", "lacks a database"],
  ["mysql://", "must look like"],
  ["mysql://me@db/furze?tls=maybe", "unknown value of tls: maybe"],
])("refuses %s", (uri, message) => {
  expect(() => parseMysqlUri(uri)).toThrow(message);
});
