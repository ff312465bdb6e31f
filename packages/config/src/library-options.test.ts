import { expect, it } from "vitest";
import { pipelineOptions } from "./library-options.ts";
import { loadConfig } from "./load.ts";

const options = (text: string) => pipelineOptions(loadConfig({ text }).config);

it("leaves stages that are off out of the pipeline", () => {
  expect(options("")).toMatchObject({ external: [], replacement: undefined, explore: [], diversity: undefined });
  expect(options("[recommend.replacement]\npositive_replacement_decay = 0.5").replacement).toBeUndefined();
});

it("hands stages that are on to the pipeline in its units", () => {
  const text = `
[[recommend.external]]
name = "mine"
script = "[]"
memory_limit_mib = 32
[recommend.replacement]
enable_replacement = true
[[recommend.explore]]
recommender = "external/mine"
[recommend.diversity]
strength = 0.25`;
  expect(options(text)).toMatchObject({
    external: [{ name: "mine", script: "[]", allowedHosts: [], timeLimitMs: 5000, memoryLimitBytes: 32 * 1024 * 1024 }],
    replacement: { positiveDecay: 0.8, readDecay: 0.6 },
    explore: [{ recommender: "external/mine", probability: 0.1 }],
    diversity: { strength: 0.25 },
  });
});
