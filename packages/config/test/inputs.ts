import { fileURLToPath } from "node:url";
import { ConfigError, type ConfigProblem } from "../src/config-error.ts";
import { type LoadConfigOptions, loadConfig } from "../src/load.ts";

/** Path of a file beside the tests. */
export function fixture(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}

/** The error of an action that must fail with a ConfigError. */
export function configError(action: () => unknown): ConfigError {
  try {
    action();
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error("no error was thrown");
}

/** Problems of a configuration that cannot be loaded. */
export function problems(options: LoadConfigOptions): readonly ConfigProblem[] {
  return configError(() => loadConfig(options)).problems;
}

/** Message of a configuration that cannot be loaded. */
export function message(text: string, env: Readonly<Record<string, string>> = {}): string {
  return configError(() => loadConfig({ text, env })).message;
}
