import { describe, expect, it } from "vitest";
import { configError, message } from "../test/inputs.ts";
import { type ConfigFormat, formatOf, parseConfigText } from "./document.ts";
import { loadConfig } from "./load.ts";

const lines = (text: string, format: ConfigFormat): Readonly<Record<string, number>> =>
  Object.fromEntries([...parseConfigText(text, format).positions()].map(([path, { line }]) => [path, line]));

it.each([
  ["furze.toml", "toml"],
  ["furze", "toml"],
  ["a.yaml/furze.conf", "toml"],
  ["furze.YML", "yaml"],
  ["/etc/furze.yaml", "yaml"],
  ["furze.json", "json"],
])("%s is %s", (file, format) => {
  expect(formatOf(file)).toBe(format);
});

describe("YAML and JSON", () => {
  it("have positions of keys and elements, as TOML has", () => {
    const yaml =
      "Server:\n  default_n: 3\nrecommend:\n  explore:\n    - recommender: latest\n      probability: 0.1\n    - recommender: x\n";
    expect(lines(yaml, "yaml")).toEqual({
      server: 1,
      "server.default_n": 2,
      recommend: 3,
      "recommend.explore": 4,
      "recommend.explore[0]": 5,
      "recommend.explore[0].recommender": 5,
      "recommend.explore[0].probability": 6,
      "recommend.explore[1]": 7,
      "recommend.explore[1].recommender": 7,
    });
    expect(lines('{\n "a": [\n  1,\n  { "B": 2 } ] }', "json")).toEqual({ a: 2, "a[0]": 3, "a[1]": 4, "a[1].b": 4 });
  });

  it("mean the same as TOML", () => {
    const toml = loadConfig({ text: '[recommend]\ncache_expire = "24h"\n[[recommend.external]]\nname = "a"\nscript = "[]"' });
    const yaml = "recommend:\n  cache_expire: 24h\n  external:\n    - name: a\n      script: '[]'\n";
    expect(loadConfig({ text: yaml, format: "yaml" })).toEqual(toml);
    const json = '{"recommend": {"cache_expire": "24h", "external": [{"name": "a", "script": "[]"}]}}';
    expect(loadConfig({ text: json, format: "json" })).toEqual(toml);
    expect(loadConfig({ text: "# nothing\n", format: "yaml" }).config).toEqual(loadConfig({}).config);
  });

  it.each([
    ["- a\n- b", "not a configuration: the YAML must be a table of keys"],
    ["server:\n  port: 1\n  port: 2", "not valid YAML: Map keys must be unique (line 3)"],
    ["server:\n  default_n: 1\nSERVER:\n  default_n: 2", "server: set twice, in different case (line 3)"],
  ])("refuse %j", (text, expected) => {
    expect(configError(() => loadConfig({ text, format: "yaml" })).message).toBe(expected);
  });
});

it("TOML stays the format of text without a name", () => {
  expect(message("server: 1")).toMatch(/^not valid TOML: /);
});
