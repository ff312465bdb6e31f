import { Command } from "commander";
import type { CliIo } from "../cli-io.ts";
import type { UpOptions } from "../up/run-up.ts";
import { parseCount, parsePort } from "./option-values.ts";

const HELP = `
Everything is kept in the data folder: data.sqlite, cache.sqlite, models, logs. A config file or FURZE_* variables that name
other stores are heeded. Ctrl-C stops all three; a second Ctrl-C does not wait.

Example:
  furze up --example movielens-small`;

/** `furze up`: a whole system on this machine. */
export function upCommand(io: CliIo): Command {
  return new Command("up")
    .summary("start a whole system here: master, worker and server")
    .description("Starts a master, a worker and a server on this machine and serves until Ctrl-C.")
    .option("--config <file>", "TOML file with settings (default: that of the example, else none)")
    .option("--data <folder>", "where data, models and logs are kept", ".furze")
    .option(
      "--example <name>",
      "import an example unless there are data already: a name such as movielens-small, or a folder's path",
    )
    .option("--port <port>", "REST API of the server", parsePort, 8087)
    .option("--master-port <port>", "gRPC of the master (default: the config's, else 8086)", parsePort)
    .option("--master-http-port <port>", "HTTP of the master (default: the config's, else 8088)", parsePort)
    .option("--worker-port <port>", "HTTP of the worker", parsePort, 8089)
    .option("--server-processes <count>", "how many processes answer the REST API", parseCount, 1)
    .option("--exit-after-first-list", "stop cleanly when the first recommendations are shown (for scripts and tests)", false)
    .option("--verbose", "show the logs here instead of writing them into <data>/logs", false)
    .addHelpText("after", HELP)
    .action(async (options: UpOptions) => {
      // Loaded late, so that help and other commands do not wait for what only this one needs.
      const { runUp } = await import("../up/run-up.ts");
      await runUp(options, io);
    });
}
