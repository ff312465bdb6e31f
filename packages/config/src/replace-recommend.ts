import { ConfigError, formatProblem } from "./config-error.ts";
import { parseConfigText } from "./document.ts";
import { translateGorse } from "./gorse/translate.ts";
import type { LoadedConfig } from "./load.ts";
import { maskConfig } from "./mask.ts";
import { exchange, refuseMasks } from "./masks.ts";
import { scriptWarnings } from "./script-warnings.ts";
import { configToTable } from "./serialize.ts";
import type { FurzeConfig } from "./types.ts";
import { unknownKey, unknownPaths } from "./unknown-keys.ts";
import { checkConfig } from "./validate.ts";

type Values = Readonly<Record<string, unknown>>;

/**
 * The configuration with another `recommend` section, which is read and checked as in a file: keys that it lacks have their defaults,
 * keys of Gorse become those of today. A masked secret stands for the one that `config` has at its place.
 *
 * @param recommend values with the names and units of a file
 * @throws {ConfigError} with all problems at once
 */
export function replaceRecommend(config: FurzeConfig, recommend: Values): LoadedConfig {
  const current = configToTable(config);
  const values = exchange(recommend, configToTable(maskConfig(config)).recommend, current.recommend);
  refuseMasks(values, "recommend");
  const document = parseConfigText(JSON.stringify({ ...current, recommend: values }), "json");
  const { raw, notes, problems: old } = translateGorse(document.raw);
  const { config: replaced, unknownKeys, problems: wrong } = checkConfig(raw);
  const unknown = unknownKeys.flatMap((path) => unknownPaths(path, raw)).map(unknownKey);
  const problems = [...document.problems, ...old, ...wrong, ...unknown];
  if (replaced === undefined || problems.length > 0) throw new ConfigError(problems);
  return { config: replaced, warnings: [...notes.map(formatProblem), ...scriptWarnings(replaced)] };
}

/**
 * The `recommend` section of `config` as it may be kept beside the file that `base` came from: secrets that both share are masked, so
 * that they stay in the file alone. `replaceRecommend(base, ...)` reads it.
 */
export function recommendToKeep(config: FurzeConfig, base: FurzeConfig): Values {
  const [own, ofFile, masked] = [config, base, maskConfig(base)].map((one) => configToTable(one).recommend);
  return exchange(own, ofFile, masked) as Values;
}
