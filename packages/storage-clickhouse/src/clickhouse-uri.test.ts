import { expect, test } from "vitest";
import { parseClickhouseUri } from "./clickhouse-uri.ts";

const DEFAULTS = { database: "default", username: "default", password: "", settings: {} };

test.each([
  ["clickhouse://host", { url: "http://host:8123", place: "host:8123" }],
  ["chhttp://host:80/db", { url: "http://host:80", place: "host:80", database: "db" }],
  ["chhttps://host/", { url: "https://host:8443", place: "host:8443" }],
  ["chhttps://a:b@host:443/db", { url: "https://host:443", place: "host:443", database: "db", username: "a", password: "b" }],
  ["CLICKHOUSE://[::1]:9000/d%2Fb", { url: "http://[::1]:9000", place: "[::1]:9000", database: "d/b" }],
  [
    "clickhouse://u%40x:p%2Fw@host/db",
    { url: "http://host:8123", place: "host:8123", database: "db", username: "u@x", password: "p/w" },
  ],
  [
    "clickhouse://host:1?user=a&password=b&database=db&async_insert=1&timeout=5s&debug=true",
    { url: "http://host:1", place: "host:1", database: "db", username: "a", password: "b", settings: { async_insert: "1" } },
  ],
])("reads %s", (uri, expected) => {
  expect(parseClickhouseUri(uri)).toEqual({ ...DEFAULTS, ...expected });
});

test.each([
  ["sqlite://x.db", /begins with sqlite:\/\/; supported are: clickhouse:\/\/, chhttp:\/\/, chhttps:\/\//],
  ["host/db", /begins with no scheme/],
  ["clickhouse://host/a/b", /one name behind the host/],
  ["clickhouse://me:se%ZZcret@host/db", /wrong percent-encoding in its password/],
  ["clickhouse://me:secret@ho st/db", /malformed/],
  ["clickhouse://host/db?a-b=1", /can be no setting/],
  ["clickhouse://host/db?insert_deduplication_token=1", /which the store sets itself/],
])("refuses %s and never repeats the password", (uri, message) => {
  expect(() => parseClickhouseUri(uri)).toThrow(message);
  expect(() => parseClickhouseUri(uri)).not.toThrow(/secret/);
});
