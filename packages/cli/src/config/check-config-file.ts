import { ConfigError, configToToml, loadConfig, maskConfig } from "@furze/config";
import { CliError } from "../cli-error.ts";
import type { CliIo } from "../cli-io.ts";

/**
 * Prints the effective configuration, and warnings beside it.
 *
 * @throws {CliError} with all problems, one a line, when it cannot be used
 */
export function checkConfigFile(file: string | undefined, io: CliIo): void {
  try {
    const { config, warnings } = loadConfig({ file, env: io.env });
    for (const warning of warnings) io.error(`warning: ${warning}`);
    io.out(configToToml(maskConfig(config)));
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const { problems } = error;
    const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
    throw new CliError(`${count} in ${file ?? "the environment"}:\n${error.message}`, { cause: error });
  }
}
