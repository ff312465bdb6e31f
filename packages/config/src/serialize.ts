import { createHash } from "node:crypto";
import { stringify } from "smol-toml";
import { ConfigError } from "./config-error.ts";
import type { LoadedConfig } from "./load.ts";
import { formatPath, isTable } from "./paths.ts";
import { configSection } from "./schema.ts";
import type { FurzeConfig, RankerConfig } from "./types.ts";
import { checkConfig, withoutKeys } from "./validate.ts";

/** The configuration with the names and units of the file: nested tables, durations as short texts such as `1h`. */
export function configToTable(config: FurzeConfig): Readonly<Record<string, unknown>> {
  return configSection.print(config);
}

/** The configuration as a file that loads to the same. Mask it first where people may see it. */
export function configToToml(config: FurzeConfig): string {
  return stringify(configToTable(config)).trimEnd();
}

/** JSON text that another process turns back with `configFromJson`. It holds the secrets. */
export function configToJson(config: FurzeConfig): string {
  return JSON.stringify(configToTable(config));
}

/**
 * Reads what `configToJson` wrote, perhaps in another release: keys that it lacks have their defaults, keys that this release does
 * not know are left out with a warning each. So old nodes can follow a new master, and the other way round.
 *
 * @throws {ConfigError} with all problems of the keys that are known
 */
export function configFromJson(text: string): LoadedConfig {
  let values: unknown;
  try {
    values = JSON.parse(text);
  } catch (error) {
    throw new ConfigError([{ path: "", message: "the configuration is not valid JSON" }], { cause: error });
  }
  if (!isTable(values)) throw new ConfigError([{ path: "", message: "the configuration must be an object" }]);
  const first = checkConfig(values);
  const { config, problems } = first.unknownKeys.length === 0 ? first : checkConfig(withoutKeys(values, first.unknownKeys));
  if (config === undefined) throw new ConfigError(problems);
  const warnings = first.unknownKeys.map((path) => `${formatPath(path)} has no effect: this release does not know the key`);
  return { config, warnings };
}

/**
 * SHA-256, in hexadecimal, of the settings that decide what the lists contain: two configurations with the same digest make
 * the same lists. Timing, ports, keys and stores are not in it.
 */
export function configDigest(config: FurzeConfig): string {
  const { cacheSize, contextSize, dataSource, nonPersonalized, itemToItem, userToUser, collaborative, ranker } =
    config.recommend;
  const { external, replacement, explore, diversity } = config.recommend;
  const shaping = {
    cacheSize,
    contextSize,
    dataSource,
    nonPersonalized,
    itemToItem,
    userToUser,
    collaborative: {
      type: collaborative.type,
      fitEpoch: collaborative.fitEpoch,
      patience: collaborative.earlyStopping.patience,
      ...(collaborative.ensemble.length > 0 ? { ensemble: collaborative.ensemble } : {}),
    },
    ranker: {
      type: ranker.type,
      recommenders: ranker.recommenders,
      fitEpoch: ranker.fitEpoch,
      patience: ranker.earlyStopping.patience,
      ...(ranker.type === "llm" ? llmShape(ranker) : {}),
      ...(ranker.type === "fusion" ? { weights: ranker.weights, isTuned: ranker.optimizePeriodMs > 0 } : {}),
    },
    external,
    replacement,
    explore,
    diversity,
  };
  return createHash("sha256").update(JSON.stringify(shaping)).digest("hex");
}

function llmShape({ queryTemplate, documentTemplate, rerankerApi: { url, model } }: RankerConfig): object {
  return { queryTemplate, documentTemplate, url, model };
}
