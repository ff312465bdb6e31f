import { createHash } from "node:crypto";
import { ConfigError } from "./config-error.ts";
import { validateConfig } from "./load.ts";
import { configSection } from "./schema.ts";
import type { FurzeConfig } from "./types.ts";

/** The configuration with the names and units of the file: nested tables, durations as short texts such as `1h`. */
export function configToTable(config: FurzeConfig): Readonly<Record<string, unknown>> {
  return configSection.print(config);
}

/** JSON text that another process turns back with `configFromJson`. It holds the secrets. */
export function configToJson(config: FurzeConfig): string {
  return JSON.stringify(configToTable(config));
}

/**
 * Reads what `configToJson` wrote, by the same schema as files.
 *
 * @throws {ConfigError} with all problems; an unknown key is one, as it comes from a node of another version
 */
export function configFromJson(text: string): FurzeConfig {
  let values: unknown;
  try {
    values = JSON.parse(text);
  } catch (error) {
    throw new ConfigError([{ path: "", message: "the configuration is not valid JSON" }], { cause: error });
  }
  return validateConfig(values);
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
    },
    ranker: { type: ranker.type, recommenders: ranker.recommenders },
    external,
    replacement,
    explore,
    diversity,
  };
  return createHash("sha256").update(JSON.stringify(shaping)).digest("hex");
}
