import { FurzeError } from "@furze/core";
import { describe, expect, it } from "vitest";
import { configError, fixture, message, problems } from "../test/inputs.ts";
import { loadConfig } from "./load.ts";
import { readFailure } from "./read-file.ts";

describe("a broken file", () => {
  it("reports every mistake with its line", async () => {
    const error = configError(() => loadConfig({ file: fixture("broken/many-mistakes.toml") }));
    await expect(`${error.message}\n`).toMatchFileSnapshot(fixture("broken/many-mistakes.txt"));
    expect(FurzeError.is(error) && error.code).toBe("INVALID_CONFIG");
  });

  it("reports a syntax error with line and column", () => {
    expect(problems({ text: "[server]\napi_key = " })).toEqual([
      { path: "", message: expect.stringMatching(/^not valid TOML: /), line: 2, column: expect.any(Number) },
    ]);
  });

  it("has its own message for what is not a readable file", () => {
    const folder = fixture("broken");
    expect(configError(() => loadConfig({ file: fixture("none.toml") })).message).toBe(
      `the config file ${fixture("none.toml")} does not exist`,
    );
    expect(configError(() => loadConfig({ file: folder })).message).toBe(
      `the config file ${folder} is a directory, name the file in it`,
    );
    const denied = Object.assign(new Error("EACCES: permission denied"), { code: "EACCES" });
    expect(readFailure("furze.toml", denied)).toBe("the config file furze.toml may not be read by this user");
    expect(readFailure("furze.toml", new Error("disk on fire"))).toBe(
      "the config file furze.toml cannot be read: disk on fire",
    );
  });

  it.each([
    ["server = 5", "server: server must be a table (line 1)"],
    [
      "[master]\nmeta_timeout = 10",
      'master.meta_timeout: meta_timeout = 10 counts nanoseconds: write a unit, such as "10s" (line 2)',
    ],
    [
      "[recommend.non-personalized]\nname = 'a'",
      "recommend.non-personalized: non-personalized must be an array of tables (line 1)",
    ],
    [
      "[[recommend.user-to-user]]\nname = 'a'\ntype = 'embedding'",
      "recommend.user-to-user[0].column: column must name the list of numbers, such as user.Labels.embedding, when type is embedding (line 1)",
    ],
    [
      "[recommend.ranker]\nrecommenders = ['latest']\nweights = [1, 0.5]",
      "recommend.ranker.weights: weights must have one number for each of the 1 recommenders, or none (line 3)",
    ],
    [
      "[recommend.ranker]\nweights = [-1]",
      "recommend.ranker.weights: weights must hold numbers of 0 or greater, not -1 (line 2)",
    ],
    ["[recommend.ranker]\nweights = 1", "recommend.ranker.weights: weights must be a list of numbers, not 1 (line 2)"],
    ["[recommend.ranker]\nrecommenders = []", "recommend.ranker.recommenders: ranker.recommenders must not be empty (line 2)"],
    [
      "[recommend.collaborative]\ntype = 'mf'\n[recommend.ranker]\nrecommenders = ['collaborative/bpr']",
      "recommend.ranker.recommenders[0]: recommender collaborative/bpr doesn't exist (line 4)",
    ],
    [
      "[[recommend.collaborative.ensemble]]\nname = 'bpr'\ntype = 'bpr'\n[recommend.ranker]\nrecommenders = ['collaborative/bpr']",
      "recommend.ranker.recommenders[0]: collaborative recommender is disabled (line 5)",
    ],
    [
      "[[recommend.collaborative.ensemble]]\nname = 'a'\ntype = 'als'\n[[recommend.collaborative.ensemble]]\nname = 'a'\ntype = 'bpr'",
      "recommend.collaborative.ensemble[1].name: ensemble recommender a is duplicated (line 5)",
    ],
    ["[recommend.ranker]\ntype = 'gpt'", "recommend.ranker.type: type must be one of [none fusion fm llm] (line 2)"],
    [
      "[recommend.ranker]\ntype = 'llm'\nquery_template = 'x'\ndocument_template = '{{ item.ItemId'\n[recommend.ranker.reranker_api]\nurl = 'https://r'",
      "recommend.ranker.document_template: document_template is no Jinja template: Unexpected end of input (line 4)",
    ],
    [
      "[recommend.ranker]\ntype = 'llm'\nquery_template = 'x'\ndocument_template = 'y'\n[recommend.ranker.reranker_api]\nurl = 'r'",
      "recommend.ranker.reranker_api.url: reranker_api.url must begin with http:// or https:// (line 6)",
    ],
    ["[server]\ncache_size = 5", "server.cache_size: unknown key, did you mean recommend.cache_size? (line 2)"],
    ["[serve]\nport = 5", "serve: unknown key, did you mean server? (line 1)"],
    [
      "[server]\nport = 1\nPort = 2",
      "server.port: set twice, in different case (line 2)\nserver.port: unknown key, did you mean master.port? (line 2)",
    ],
    ["[blob]\nuri = 'ftp://x/y'", "blob.uri: unsupported blob.uri scheme: ftp (line 2)"],
    [
      '[[recommend.non-personalized]]\nname = "a"\nscore = """\n1 +\n  foo"""',
      "recommend.non-personalized[0].score: invalid item expression at its line 2, column 3: unknown name foo, known are item, feedback (line 3)",
    ],
    [
      "[server]\nclock_error = 2024-01-01",
      'server.clock_error: clock_error must be a duration such as "1h30m", not a date (line 2)',
    ],
  ])("%s", (text, expected) => {
    expect(message(text)).toBe(expected);
  });

  it("accepts a column of its own environment only", () => {
    const text = (column: string) => `[[recommend.user-to-user]]\nname = "a"\ntype = "tags"\ncolumn = "${column}"`;
    expect(loadConfig({ text: text("user.Labels.topics") }).config.recommend.userToUser[0]?.column).toBe("user.Labels.topics");
    expect(message(text("item.Labels"))).toMatch(/unknown name item, known are user \(line 4\)$/);
  });
});
