import { InvalidArgumentError } from "@furze/core";
import type { ConfigurationSource } from "../src/index.ts";

/** A configuration of two sections whose `recommend` is what was sent last; a length of 0 is refused. */
export function keptInMemory(ofFile: Readonly<Record<string, unknown>>): ConfigurationSource {
  let recommend = ofFile;
  return {
    schema: { $schema: "s", $defs: { Config: {} } },
    shown: () => ({ server: { default_n: 10, api_key: "********" }, recommend }),
    replaceRecommend: async (values) => {
      if (values.cache_size === 0) throw new InvalidArgumentError("cache_size", "cache_size must be greater than 0");
      recommend = values;
    },
    reset: async () => {
      recommend = ofFile;
    },
  };
}
