import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { runCli } from "../cli.ts";
import { captureIo } from "../testing/captured-io.ts";

const folder = mkdtempSync(join(tmpdir(), "furze-config-"));
afterAll(() => rmSync(folder, { recursive: true }));

async function check(name: string, text: string, env: NodeJS.ProcessEnv = {}) {
  const file = join(folder, name);
  writeFileSync(file, text);
  const io = captureIo(env);
  const code = await runCli(["config", "check", file], io);
  return { code, file, out: io.lines.join("\n"), errors: io.errors.join("\n") };
}

describe("furze config check", () => {
  it("prints the effective configuration without its secrets", async () => {
    const text = `
[database]
data_store = "postgres://ann:hush-1@db/furze"
[server]
api_key = "hush-2"
[[recommend.external]]
name = "mine"
script = "fetch('https://example.com/?token=hush-3'); []"
allowed_hosts = ["example.com"]`;
    const env = { FURZE_MASTER_ADMIN_API_KEY: "hush-4", FURZE_SERVER_DEFAULT_N: "7" };
    const { code, out, errors } = await check("good.toml", text, env);
    expect(code).toBe(0);
    expect(out).toContain("default_n = 7");
    expect(out).toContain('data_store = "postgres://ann:********@db/furze"');
    expect(out).toContain("?token=********");
    expect(out + errors).not.toContain("hush");
    expect(errors).toMatch(/^warning: gRPC listens on 127\.0\.0\.1 only/);
  });

  it("prints a file that means the same", async () => {
    const first = await check("first.toml", '[[recommend.non-personalized]]\nname = "a"\nscore = "len(feedback)"');
    const second = await check("second.toml", first.out);
    expect(second.out).toBe(first.out);
  });

  it("says what becomes of the keys of Gorse v0.4", async () => {
    const { code, out, errors } = await check("old.toml", '[recommend.online]\nfallback_recommend = ["popular", "latest"]');
    expect(code).toBe(0);
    expect(errors).toContain("warning: recommend.online.fallback_recommend: is now recommend.fallback.recommenders");
    expect(out).toContain('[[recommend.non-personalized]]\nname = "popular"');
  });

  it("tells all problems with their lines and fails", async () => {
    const { code, file, out, errors } = await check("bad.toml", '[server]\ndefault_n = 0\n[master]\nport = "x"\nhots = ""', {
      FURZE_RECOMMEND_CACHE_SIZE: "none",
    });
    expect(code).toBe(1);
    expect(out).toBe("");
    expect(errors.split("\n")).toEqual([
      `furze: 4 problems in ${file}:`,
      'recommend.cache_size: cache_size must be a whole number, not "none" (environment variable FURZE_RECOMMEND_CACHE_SIZE)',
      "server.default_n: default_n must be greater than 0 (line 2)",
      'master.port: port must be a whole number, not "x" (line 4)',
      "master.hots: unknown key, did you mean master.host? (line 5)",
    ]);
  });

  it("reads YAML and JSON by the name of the file", async () => {
    const yaml = await check("c.yaml", "server:\n  default_n: 3\nrecommend:\n  ranker:\n    recommenders:\n      - nothing\n");
    expect(yaml.errors).toContain("recommend.ranker.recommenders[0]: recommender nothing doesn't exist (line 6)");
    const json = await check("c.json", '{\n  "server": { "default_n": 3 },\n  "recommend": {\n    "cache_sze": 5 } }');
    expect(json.errors).toContain("recommend.cache_sze: unknown key, did you mean recommend.cache_size? (line 4)");
    expect((await check("d.yml", "server:\n  default_n: 3\n")).out).toContain("default_n = 3");
    expect((await check("e.yaml", "server: [1")).errors).toMatch(/not valid YAML: .* \(line 1\)/);
  });

  it("has a word for a file that is not there", async () => {
    const io = captureIo();
    expect(await runCli(["config", "check", join(folder, "none.toml")], io)).toBe(1);
    expect(io.errors.join()).toContain("does not exist");
  });
});

it("furze config reference prints the page of all keys", async () => {
  const io = captureIo();
  expect(await runCli(["config", "reference"], io)).toBe(0);
  expect(io.lines.join("\n")).toContain("## `[recommend.ranker]`");
});
