import { parseArgs } from "node:util";
import { InvalidArgumentError } from "@furze/core";

export interface MasterOptions {
  /** Configuration file; without one defaults and environment variables hold. */
  readonly configFile: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** @throws {InvalidArgumentError} for flags that do not exist */
export function readOptions(args: readonly string[], env: Readonly<Record<string, string | undefined>>): MasterOptions {
  try {
    const { values } = parseArgs({ args: [...args], options: { config: { type: "string", short: "c" } } });
    return { configFile: values.config, env };
  } catch (cause) {
    throw new InvalidArgumentError("arguments", `${(cause as Error).message} Flags of the master: --config FILE.`, { cause });
  }
}
