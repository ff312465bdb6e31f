import { ConfigError, formatProblem } from "./config-error.ts";
import { type ConfigFormat, formatOf, parseConfigText } from "./document.ts";
import { translateGorse } from "./gorse/translate.ts";
import { hostWarnings } from "./hosts.ts";
import { withPlaces } from "./places.ts";
import { readConfigFile } from "./read-file.ts";
import { scriptWarnings } from "./script-warnings.ts";
import type { FurzeConfig } from "./types.ts";
import { unknownKey, unknownPaths } from "./unknown-keys.ts";
import { checkConfig } from "./validate.ts";
import { overlayVariables } from "./variables.ts";

export interface LoadConfigOptions {
  /** Path of a file: TOML, or what `.yaml`, `.yml` and `.json` say. */
  readonly file?: string | undefined;
  /** Text instead of a file. */
  readonly text?: string | undefined;
  /** Format of the text. Default: as the file's name says, else TOML. */
  readonly format?: ConfigFormat | undefined;
  /** Environment variables, default none: pass `process.env` to use the real ones. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
}

export interface LoadedConfig {
  readonly config: FurzeConfig;
  /** Things that work but are worth a line at start. */
  readonly warnings: readonly string[];
}

/**
 * Reads the configuration: environment variables win over the file, the file wins over the defaults. Without file and text
 * there are the defaults and the environment.
 *
 * @throws {ConfigError} with all problems of the file and the environment at once
 */
export function loadConfig(options: LoadConfigOptions): LoadedConfig {
  const { file = "" } = options;
  const text = options.text ?? (file === "" ? "" : readConfigFile(file));
  const document = parseConfigText(text, options.format ?? formatOf(file));
  const translation = translateGorse(document.raw);
  const overlay = overlayVariables(translation.raw, options.env ?? {});
  const { config, ...checked } = checkConfig(overlay.raw);
  const unknown = checked.unknownKeys.flatMap((path) => unknownPaths(path, overlay.raw)).map(unknownKey);
  const problems = [...document.problems, ...translation.problems, ...overlay.problems, ...checked.problems, ...unknown];
  const places = { positions: document.positions(), variables: overlay.variables, origins: translation.origins };
  if (config === undefined || problems.length > 0) throw new ConfigError(withPlaces(problems, places));
  const notes = withPlaces(translation.notes, places).map(formatProblem);
  return { config, warnings: [...notes, ...overlay.warnings, ...hostWarnings(config), ...scriptWarnings(config)] };
}
