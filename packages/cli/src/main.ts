#!/usr/bin/env node
import { runCli } from "./cli.ts";

// Not process.exit: lines on their way into a pipe would be lost.
process.exitCode = await runCli(process.argv.slice(2));
