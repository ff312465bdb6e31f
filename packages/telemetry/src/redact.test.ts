import { describe, expect, it } from "vitest";
import { isSecretName, REDACTED, redact, redactText } from "./redact.ts";

describe("isSecretName", () => {
  it.each([
    "apiKey",
    "admin_api_key",
    "X-API-Key",
    "token",
    "clusterToken",
    "accessTokens",
    "password",
    "DB_PASSWD",
    "authorization",
  ])("%s is one", (name) => expect(isSecretName(name)).toBe(true));
  it.each(["secretAccessKey", "clientSecret", "cookie", "credentials", "privateKey"])("%s is one", (name) =>
    expect(isSecretName(name)).toBe(true),
  );
  it.each(["userId", "key", "maxTokens", "total_tokens", "tokenCount", "monkey", "author"])("%s is none", (name) =>
    expect(isSecretName(name)).toBe(false),
  );
});

describe("redactText", () => {
  it.each([
    ["mysql://root:pa/s@s@tcp(db:3306)/gorse", `mysql://root:${REDACTED}@tcp(db:3306)/gorse`],
    ["cannot reach redis://:hunter2@cache:6379/0 now", `cannot reach redis://:${REDACTED}@cache:6379/0 now`],
    ["http://host:8088/path", "http://host:8088/path"],
    ["postgres://host/db?user=me&password=hunter2&sslmode=off", `postgres://host/db?user=me&password=${REDACTED}&sslmode=off`],
    ["s3://b?secret_access_key=hunter2", `s3://b?secret_access_key=${REDACTED}`],
    ["authorization: Bearer hunter2", `authorization: Bearer ${REDACTED}`],
    ["Basic aHVudGVyMjo=", `Basic ${REDACTED}`],
    ["a basic recommender", "a basic recommender"],
  ])("%s", (text, expected) => {
    expect(redactText(text)).toBe(expected);
  });
});

describe("redact", () => {
  it("masks at any depth and leaves the original alone", () => {
    const fields = { config: { server: [{ apiKey: "hunter2", port: 1 }] }, map: new Map([["token", "hunter2"]]) };
    expect(redact(fields)).toEqual({ config: { server: [{ apiKey: REDACTED, port: 1 }] }, map: { token: REDACTED } });
    expect(fields.config.server[0]?.apiKey).toBe("hunter2");
  });

  it("shows that a secret is not set", () => {
    expect(redact({ token: "", password: undefined, apiKey: null })).toEqual({ token: "", password: undefined, apiKey: null });
  });

  it("spells out errors with their causes, masked", () => {
    const cause = new Error("connect redis://:hunter2@cache");
    const error = Object.assign(new Error("cannot open", { cause }), { code: "UNAVAILABLE", password: "hunter2" });
    expect(redact(error)).toMatchObject({
      name: "Error",
      message: "cannot open",
      code: "UNAVAILABLE",
      password: REDACTED,
      cause: { message: `connect redis://:${REDACTED}@cache` },
    });
    expect(JSON.stringify(redact(error))).not.toContain("hunter2");
  });

  it("cuts cycles but not what is merely met twice", () => {
    const shared = { a: 1 };
    const cyclic: Record<string, unknown> = { first: shared, second: shared };
    cyclic.self = cyclic;
    expect(redact(cyclic)).toEqual({ first: { a: 1 }, second: { a: 1 }, self: "[cut]" });
  });

  it("writes what JSON cannot", () => {
    const when = new Date(0);
    expect(redact([10n, when, new Uint8Array(4), new URL("http://a:b@c/")])).toEqual([
      "10",
      "1970-01-01T00:00:00.000Z",
      "[4 bytes]",
      `http://a:${REDACTED}@c/`,
    ]);
  });

  it("keeps a field named __proto__ a field", () => {
    const result = redact(JSON.parse('{"__proto__":{"x":1}}')) as object;
    expect(Object.getPrototypeOf(result)).toBe(Object.prototype);
    expect(JSON.stringify(result)).toBe('{"__proto__":{"x":1}}');
  });
});
