import { configReference } from "@furze/config";
import { Argument, Command } from "commander";
import type { CliIo } from "../cli-io.ts";
import { checkConfigFile } from "../config/check-config-file.ts";

const CHECK_HELP = `
The effective configuration goes to stdout, as TOML and with secrets masked; warnings and problems go to stderr.
All problems are told at once, each with its line, and the exit code is 1.
Files may be TOML, YAML or JSON, written for Furze or for Gorse v0.4 or v0.5. FURZE_* and GORSE_* variables win over the file.

Example:
  furze config check furze.toml`;

/** `furze config`: looks at config files without starting anything. */
export function configCommand(io: CliIo): Command {
  const check = new Command("check")
    .summary("check a config file and show what it comes to")
    .description("Checks a config file and the environment, and prints the effective configuration.")
    .addArgument(new Argument("[file]", "the config file (default: the environment and the defaults alone)"))
    .addHelpText("after", CHECK_HELP)
    .action((file: string | undefined) => checkConfigFile(file, io));
  const reference = new Command("reference")
    .summary("print all keys with types, defaults and variables, as Markdown")
    .description("Prints the reference of all keys as Markdown.")
    .action(() => io.out(configReference()));
  return new Command("config")
    .summary("check a config file, or list all keys")
    .description("Looks at config files without starting anything.")
    .helpCommand(false)
    .addCommand(check)
    .addCommand(reference);
}
