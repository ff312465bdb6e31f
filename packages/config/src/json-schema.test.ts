import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { fixture } from "../test/inputs.ts";
import { configSchema } from "./json-schema.ts";
import { configKeys } from "./keys.ts";
import { loadConfig } from "./load.ts";
import { configToTable } from "./serialize.ts";

const validate: ValidateFunction = new Ajv2020({ allErrors: true }).compile(configSchema());
const faults = (value: unknown): string[] => {
  validate(value);
  return (validate.errors ?? []).map(({ instancePath, keyword }) => `${instancePath} ${keyword}`);
};

describe("the JSON schema", () => {
  it("takes every configuration that loads", () => {
    for (const file of ["gorse/v0.4.toml", "gorse/v0.5.toml"]) {
      expect(faults(configToTable(loadConfig({ file: fixture(file) }).config))).toEqual([]);
    }
    const fusion = "[recommend.ranker]\ntype = 'fusion'\nweights = [0.5]\n[recommend.diversity]\nstrength = 0.5";
    expect(faults(configToTable(loadConfig({ text: fusion }).config))).toEqual([]);
    expect(faults({})).toEqual([]);
  });

  it("refuses values of another type or range, unknown keys, and tables that lack what they need", () => {
    expect(
      faults({
        server: { default_n: 0, clock_error: "5", compatibility: "v0.3", colour: 1 },
        recommend: { explore: [{ recommender: "latest", probability: 2 }], external: [{ name: "x" }] },
      }),
    ).toEqual([
      "/server additionalProperties",
      "/server/default_n minimum",
      "/server/clock_error pattern",
      "/server/compatibility enum",
      "/recommend/external/0 required",
      "/recommend/explore/0/probability maximum",
    ]);
  });

  it("describes every key, with its default", () => {
    const { $defs } = configSchema() as { $defs: Record<string, { properties: Record<string, object> }> };
    const described = Object.values($defs).flatMap(({ properties }) => Object.values(properties));
    expect(described.filter((one) => "description" in one)).toHaveLength(configKeys().length);
    expect($defs.RecommendCollaborative?.properties.fit_period).toMatchObject({ type: "string", default: "60m" });
    expect($defs.RecommendItemToItem?.properties.type).toMatchObject({ enum: expect.arrayContaining(["tags", "users"]) });
  });
});
