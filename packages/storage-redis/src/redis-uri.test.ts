import { expect, test } from "vitest";
import { formatAddresses, parseRedisUri } from "./redis-uri.ts";

test("a single server: host, port, database, user and password", () => {
  const uri = parseRedisUri("redis://ann:p%40ss%2F@cache.example:6380/2");
  expect(uri).toEqual({
    isCluster: false,
    isTls: false,
    addresses: [{ host: "cache.example", port: 6380 }],
    username: "ann",
    password: "p@ss/",
    database: 2,
  });
  const plain = parseRedisUri("rediss://:pw@h");
  expect(plain).toMatchObject({ isTls: true, addresses: [{ host: "h", port: 6379 }], database: 0, password: "pw" });
  expect(plain.username).toBeUndefined();
  expect(parseRedisUri("redis://h/?db=4&pool_size=3").database).toBe(4);
  expect(parseRedisUri("Redis://h/").database).toBe(0);
});

test("a cluster: the first address and those behind addr", () => {
  const uri = parseRedisUri("rediss+cluster://u:p@a:7000?addr=b:7001&addr=[::1]:7002&addr=c");
  expect(uri).toMatchObject({ isCluster: true, isTls: true, username: "u", password: "p", database: 0 });
  expect(uri.addresses).toEqual([
    { host: "a", port: 7000 },
    { host: "b", port: 7001 },
    { host: "::1", port: 7002 },
    { host: "c", port: 6379 },
  ]);
  expect(parseRedisUri("redis+cluster://[::1]:7000").addresses).toEqual([{ host: "::1", port: 7000 }]);
});

test.each([
  ["sqlite://x.db", /begins with sqlite:\/\/; supported are: redis:\/\/, rediss:\/\//],
  ["127.0.0.1:6379", /begins with no scheme/],
  ["redis://", /lacks the host|no URI/],
  ["redis://u:secret@", /lacks the host|no URI/],
  ["redis://u:secret@h:99999", /up to 65535/],
  ["redis://u:secret@h/one", /by its number, got "one"/],
  ["redis://u:%zz-secret@h", /not percent-encoded/],
  ["redis+cluster://:secret@h/1", /only database 0/],
  ["redis+cluster://:secret@h?addr=a:b", /needs addr=host:port, got "a:b"/],
  ["redis+cluster://:secret@h?addr=a:70000", /needs addr=host:port/],
])("%s is refused, without its password in the message", (uri, message) => {
  expect(() => parseRedisUri(uri)).toThrow(message);
  expect(() => parseRedisUri(uri)).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT", path: "uri" }));
  expect(() => parseRedisUri(uri)).not.toThrow(/secret/);
});

test("addresses in messages", () => {
  expect(formatAddresses([{ host: "::1", port: 1 }])).toBe("[::1]:1");
  expect(
    formatAddresses([
      { host: "a", port: 1 },
      { host: "b", port: 2 },
      { host: "c", port: 3 },
    ]),
  ).toBe("a:1 and 2 more");
});
