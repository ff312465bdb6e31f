export { runCli } from "./cli.ts";
export type { CliIo } from "./cli-io.ts";
