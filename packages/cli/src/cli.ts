import { readFileSync } from "node:fs";
import { FurzeError } from "@furze/core";
import { Command, CommanderError } from "commander";
import { CliError, messageOf } from "./cli-error.ts";
import { type CliIo, processIo } from "./cli-io.ts";
import { configCommand } from "./commands/config.ts";
import { importCommand } from "./commands/import.ts";
import { upCommand } from "./commands/up.ts";

/** Exit code of a command that Ctrl-C ended before it was done. */
const INTERRUPTED = 130;
const MISUSED = 2;

/**
 * Runs one command to its end. Never throws: a problem becomes a line on `io.error` and an exit code.
 *
 * @param args what follows `furze` on the command line
 * @returns 0; 1 when the command failed; 2 when it was called wrongly; 130 when Ctrl-C stopped it half-way
 */
export async function runCli(args: readonly string[], io: CliIo = processIo()): Promise<number> {
  try {
    await createProgram(io).parseAsync(args, { from: "user" });
    return 0;
  } catch (error) {
    return reportError(error, io);
  }
}

function createProgram(io: CliIo): Command {
  const program = new Command("furze")
    .description("Furze is a recommender engine: feedback goes in, ranked lists come out.")
    .version(version(), "--version", "print the version")
    .helpCommand(false)
    .addCommand(upCommand(io))
    .addCommand(importCommand(io))
    .addCommand(configCommand(io))
    .addHelpText("after", "\nMore about one command: furze <command> --help")
    .showSuggestionAfterError();
  const commands = [program, ...program.commands];
  for (const command of [...commands, ...program.commands.flatMap((one) => one.commands)]) {
    command.exitOverride().configureOutput({
      writeOut: (text) => io.out(text.trimEnd()),
      // Errors are thrown as well, and reported in one place; help that follows from a missing command is shown.
      writeErr: (text) => io.error(text.trimEnd()),
      outputError: () => {},
      getOutHelpWidth: () => io.width,
      getErrHelpWidth: () => io.width,
    });
  }
  return program;
}

function reportError(error: unknown, io: CliIo): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return 0;
    if (error.code !== "commander.help") io.error(oneSentence(error.message));
    return MISUSED;
  }
  if (error instanceof Error && (error.name === "AbortError" || (FurzeError.is(error) && error.code === "ABORTED"))) {
    io.error("furze: stopped.");
    return INTERRUPTED;
  }
  if (error instanceof CliError) {
    io.error(`furze: ${error.message}`);
    return error.exitCode;
  }
  // What the program did not foresee is shown with its stack, to be reported.
  io.error(
    FurzeError.is(error) ? `furze: ${error.message}` : `furze: ${(error instanceof Error && error.stack) || messageOf(error)}`,
  );
  return 1;
}

/** Commander puts its suggestion on a line of its own. */
function oneSentence(message: string): string {
  const [, what = message, guess] = /^(?:error: )?(.*?)(?:\n\((Did you mean .*\?)\))?$/s.exec(message) ?? [];
  return `furze: ${what.replace(/\.$/, "")}.${guess === undefined ? "" : ` ${guess}`}`;
}

function version(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  return (manifest as { version: string }).version;
}
