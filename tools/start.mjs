// `npm start`: from a fresh clone to a running recommender with the MovieLens example in it.
// Arguments after `npm start --` go to `furze up`; later ones win over the defaults given here.
import { spawn } from "node:child_process";
import { constants } from "node:os";
import { bootstrap, runTool } from "./bootstrap.mjs";

const STEPS = 4;
const PARENT_CHECK_MS = 1_000;

/** Runs `command` in this process's place: same terminal, its signals, its exit code. */
function runInPlace(command, args, options) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: "inherit", ...options });
    const forward = (signal) => {
      // Ctrl-C in a terminal reaches the whole process group already; a second one would mean "stop at once".
      if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal);
    };
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, forward);
    // A killed npm takes its shell along but not us, and nothing would ever stop the processes below.
    const parent = process.ppid;
    const watch = setInterval(() => {
      if (process.env.npm_lifecycle_event === undefined || process.ppid === parent) return;
      clearInterval(watch);
      child.kill("SIGTERM");
    }, PARENT_CHECK_MS);
    child.on("error", reject);
    child.on("exit", (code, signal) => {
      clearInterval(watch);
      resolve(code ?? 128 + constants.signals[signal]);
    });
  });
}

await runTool(async () => {
  const { root, node, env } = await bootstrap({ steps: STEPS });
  process.stdout.write(`${STEPS}/${STEPS} starting Furze\n`);
  const up = ["up", "--example", "movielens-small", "--data", ".furze", ...process.argv.slice(2)];
  return runInPlace(node, ["--conditions=@furze/source", "packages/cli/src/main.ts", ...up], { cwd: root, env });
});
