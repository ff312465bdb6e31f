import { describe, expect, it } from "vitest";
import { loadConfig, maskConfig } from "./index.ts";
import { recommendToKeep, replaceRecommend } from "./replace-recommend.ts";
import { configToTable } from "./serialize.ts";

const { config } = loadConfig({
  text: `
[server]
default_n = 7
[recommend]
cache_size = 50
[[recommend.external]]
name = "a"
script = "fetch('http://x', { headers: { authorization: 'Bearer abcdef' } })"
[[recommend.external]]
name = "b"
script = "['1']"
[recommend.ranker]
type = "llm"
query_template = "q"
document_template = "d"
[recommend.ranker.reranker_api]
auth_token = "hush"
url = "http://127.0.0.1/rank"
`,
});
const shown = () => structuredClone(configToTable(maskConfig(config)).recommend) as Record<string, unknown>;
const message = (values: Record<string, unknown>): string => {
  try {
    replaceRecommend(config, values);
  } catch (error) {
    return (error as Error).message;
  }
  return "";
};

describe("another recommend section", () => {
  it("is the same when what is shown comes back, secrets and all", () => {
    expect(JSON.stringify(shown())).not.toMatch(/hush|abcdef/);
    expect(replaceRecommend(config, shown()).config).toEqual(config);
  });

  it("has defaults where it says nothing, and leaves other sections alone", () => {
    const { recommend, server } = replaceRecommend(config, { context_size: 3, external: null }).config;
    expect(recommend).toMatchObject({ contextSize: 3, cacheSize: 100, external: [], ranker: { type: "none" } });
    expect(server.defaultN).toBe(7);
  });

  it("finds a secret by the name of its table when the order changes", () => {
    const { external } = shown() as { external: object[] };
    const { recommend } = replaceRecommend(config, { external: external.toReversed() }).config;
    expect(recommend.external.map(({ name, script }) => [name, script.includes("abcdef")])).toEqual([
      ["b", false],
      ["a", true],
    ]);
  });

  it("is refused with all that is wrong, as in a file", () => {
    expect(
      message({ cache_sze: 5, Context_Size: 0, ranker: { recommenders: ["foo"] } })
        .split("\n")
        .sort(),
    ).toEqual([
      "recommend.cache_sze: unknown key, did you mean recommend.cache_size?",
      "recommend.context_size: context_size must be greater than 0",
      "recommend.ranker.recommenders[0]: recommender foo doesn't exist",
    ]);
  });

  it("must not hold the mask of a secret that there is not", () => {
    expect(message({ external: [{ name: "new", script: "fetch('http://u:********@x')" }] })).toBe(
      "recommend.external[0].script: holds the mask of a secret that is not known here: write the secret itself",
    );
  });

  it("may have the keys of Gorse, with a line for what became of them", () => {
    const { config: replaced, warnings } = replaceRecommend(config, { popular: { popular_window: "720h" } });
    expect(replaced.recommend.nonPersonalized).toMatchObject([{ name: "popular" }]);
    expect(warnings.join("\n")).toContain("recommend.popular.popular_window");
  });
});

describe("the section to keep", () => {
  it("holds no secret of the file, and gives the same again with the file", () => {
    const changed = replaceRecommend(config, { ...shown(), cache_size: 9 }).config;
    const kept = recommendToKeep(changed, config);
    expect(JSON.stringify(kept)).not.toMatch(/hush|abcdef/);
    expect(replaceRecommend(config, kept).config).toEqual(changed);
  });

  it("holds a secret that only it has", () => {
    const values = shown() as { ranker: { reranker_api: object } };
    values.ranker.reranker_api = { ...values.ranker.reranker_api, auth_token: "newer" };
    const changed = replaceRecommend(config, values).config;
    expect(JSON.stringify(recommendToKeep(changed, config))).toContain("newer");
  });
});
