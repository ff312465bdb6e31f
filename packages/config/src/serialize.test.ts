import { describe, expect, it } from "vitest";
import { configError } from "../test/inputs.ts";
import { configKeys } from "./keys.ts";
import { loadConfig } from "./load.ts";
import { maskConfig } from "./mask.ts";
import { maskText, maskUri } from "./mask-text.ts";
import { configDigest, configFromJson, configToJson, configToTable, configToToml } from "./serialize.ts";

const TEXT = `
[server]
api_key = "rest-secret"
clock_error = "1.5s"
[master]
admin_api_key = "admin-secret"
[cluster]
token = "token-secret"
[recommend.data_source]
positive_feedback_types = ["rating>=4.0"]
item_ttl = 3
[[recommend.non-personalized]]
name = "popular"
score = "len(feedback)"
`;

const { config } = loadConfig({ text: TEXT });

describe("JSON", () => {
  it("brings the same configuration back", () => {
    expect(configFromJson(configToJson(config))).toEqual({ config, warnings: [] });
  });

  it("has the names and units of the file", () => {
    expect(configToTable(config)).toMatchObject({
      server: { clock_error: "1.5s", default_n: 10 },
      recommend: {
        cache_expire: "72h",
        collaborative: { fit_period: "1h", early_stopping: { patience: 10 } },
        data_source: { positive_feedback_types: ["rating>=4"], item_ttl: 3 },
        "non-personalized": [{ name: "popular", score: "len(feedback)", filter: "" }],
      },
    });
  });

  it("is validated", () => {
    expect(configError(() => configFromJson("{")).message).toBe("the configuration is not valid JSON");
    expect(configError(() => configFromJson("[]")).message).toBe("the configuration must be an object");
    expect(configError(() => configFromJson('{"server":{"default_n":0,"extra":1}}')).message).toBe(
      "server.default_n: default_n must be greater than 0",
    );
  });

  it("of a newer release loads without the keys that are not known", () => {
    const newer = {
      ...{ colour: { theme: "dark" }, server: { default_n: 7, extra: 1 }, tracing: { exporter: "otlp" } },
      recommend: { "non-personalized": [{ name: "a", score: "1", boost: 2 }] },
    };
    const { config: read, warnings } = configFromJson(JSON.stringify(newer));
    expect(read.server.defaultN).toBe(7);
    expect(read.recommend.nonPersonalized).toEqual([{ name: "a", score: "1", filter: "" }]);
    expect(warnings.map((line) => line.split(" ")[0]).sort()).toEqual([
      "colour",
      "recommend.non-personalized[0].boost",
      "server.extra",
      "tracing",
    ]);
  });

  it("of an older release loads with the defaults of the keys that it lacks", () => {
    const { worker: _, ...older } = configToTable(config);
    expect(configFromJson(JSON.stringify(older)).config).toEqual(config);
  });
});

describe("TOML", () => {
  it("brings the same configuration back", () => {
    expect(loadConfig({ text: configToToml(config) }).config).toEqual(config);
    expect(configToToml(config)).toContain('[[recommend.non-personalized]]\nname = "popular"');
  });
});

describe("digest", () => {
  const digest = (text: string) => configDigest(loadConfig({ text }).config);

  it("is 64 hexadecimal digits that follow what shapes lists", () => {
    expect(digest("")).toMatch(/^[0-9a-f]{64}$/);
    const changes = [
      "[recommend]\ncache_size = 5",
      "[recommend]\ncontext_size = 5",
      "[recommend.data_source]\nitem_ttl = 1",
      '[recommend.data_source]\nread_feedback_types = ["read"]',
      "[recommend.collaborative]\ntype = 'mf'",
      "[recommend.collaborative]\nfit_epoch = 5",
      "[[recommend.collaborative.ensemble]]\nname = 'a'\ntype = 'als'",
      "[[recommend.collaborative.ensemble]]\nname = 'a'\ntype = 'als'\ndebiasing = 0.3",
      '[[recommend.item-to-item]]\nname = "a"\ntype = "tags"',
      '[[recommend.user-to-user]]\nname = "a"\ntype = "tags"',
      '[[recommend.non-personalized]]\nname = "a"\nscore = "1"',
      '[[recommend.external]]\nname = "a"\nscript = "[]"',
      '[[recommend.external]]\nname = "a"\nscript = "[1]"',
      "[recommend.replacement]\nenable_replacement = true",
      '[[recommend.explore]]\nrecommender = "latest"',
      "[recommend.diversity]\nstrength = 0.5",
    ];
    expect(new Set(["", ...changes].map(digest)).size).toBe(changes.length + 1);
  });

  it("does not follow the rest", () => {
    const rest =
      "[server]\napi_key = 'x'\n[master]\nport = 1\n[recommend]\ncache_expire = '1h'\n[recommend.collaborative]\nfit_period = '1h'";
    expect(digest(rest)).toBe(digest(""));
    expect(digest('[recommend.data_source]\npositive_feedback_types = ["a>=3.0"]')).toBe(
      digest('[recommend.data_source]\npositive_feedback_types = ["a>=3"]'),
    );
  });
});

describe("masking", () => {
  it("hides every secret key and changes nothing else", () => {
    const secrets = configKeys().filter((key) => key.isSecret && !key.path.includes("[]"));
    expect(secrets.map((key) => key.path)).toEqual(expect.arrayContaining(["master.admin_api_key", "server.api_key"]));
    const env = Object.fromEntries(secrets.map((key) => [key.variables[0] ?? "", "hush-hush"]));
    const shown = configToTable(maskConfig(loadConfig({ text: "", env }).config));
    for (const { path } of secrets) expect(shown).toHaveProperty(path.split("."), "********");
    expect(JSON.stringify(shown)).not.toContain("hush");
    expect(configToTable(maskConfig(config)).recommend).toEqual(configToTable(config).recommend);
    expect(maskConfig(loadConfig({}).config).server.apiKey).toBe("");
  });

  it.each([
    ["mysql://user:p@ss:w/rd?@tcp(host:3306)/db?parseTime=true", "mysql://user:********@tcp(host:3306)/db?parseTime=true"],
    ["postgres://user:pw@host/db?sslmode=off", "postgres://user:********@host/db?sslmode=off"],
    ["redis://:pw@host:6379/0", "redis://:********@host:6379/0"],
    ["clickhouse://host:8123/db?user=a&password=pw&x=1", "clickhouse://host:8123/db?user=a&password=********&x=1"],
    ["mongodb+srv://user:pw@host/db", "mongodb+srv://user:********@host/db"],
    ["sqlite://~/data.sqlite", "sqlite://~/data.sqlite"],
    ["postgres://host:5432/db", "postgres://host:5432/db"],
    ["/var/models", "/var/models"],
  ])("%s", (uri, masked) => {
    expect(maskUri(uri)).toBe(masked);
  });

  it.each([
    ['fetch("https://api/x?api_key=abc&n=1")', 'fetch("https://api/x?api_key=********&n=1")'],
    ['fetch("https://ann:p:w@api/x") // user@host', 'fetch("https://ann:********@api/x") // user@host'],
    [`fetch(u, { headers: { "X-API-Key": 'a"b' } })`, `fetch(u, { headers: { "X-API-Key": '********' } })`],
    ["const token = `abc`; token.length", "const token = `********`; token.length"],
    ['headers["access_token"] = "a\\"b";', 'headers["access_token"] = "********";'],
    ['"Authorization": auth, "x": "Bearer abc.def-1"', '"Authorization": auth, "x": "Bearer ********"'],
    ['send("sk-abcdefghijklmnop1234")', 'send("********")'],
    ["const keys = items.map((item) => item.key); keys", "const keys = items.map((item) => item.key); keys"],
  ])("inside a script: %s", (source, masked) => {
    expect(maskText(source)).toBe(masked);
    const script = { name: "a", script: source };
    const text = configToJson(maskConfig(configFromJson(JSON.stringify({ recommend: { external: [script] } })).config));
    expect(JSON.parse(text).recommend.external[0].script).toBe(masked);
  });
});
