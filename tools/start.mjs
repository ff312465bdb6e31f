// `npm start`: from a fresh clone to a running recommender with the MovieLens example in it.
// Arguments after `npm start --` go to `furze up`; later ones win over the defaults given here.
import { spawn } from "node:child_process";
import { constants } from "node:os";
import { bootstrap, runTool } from "./bootstrap.mjs";

const STEPS = 4;

/** Runs `command` in this process's place: same terminal, its signals, its exit code. */
function runInPlace(command, args, options) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: "inherit", ...options });
    const forward = (signal) => {
      // Ctrl-C in a terminal reaches the whole process group already; a second one would mean "stop at once".
      if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal);
    };
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, forward);
    child.on("error", reject);
    child.on("exit", (code, signal) => resolve(code ?? 128 + constants.signals[signal]));
  });
}

await runTool(async () => {
  const { root, node, env } = await bootstrap({ steps: STEPS });
  process.stdout.write(`${STEPS}/${STEPS} starting Furze\n`);
  const up = ["up", "--example", "movielens-small", "--data", ".furze", ...process.argv.slice(2)];
  return runInPlace(node, ["--conditions=@furze/source", "packages/cli/src/main.ts", ...up], { cwd: root, env });
});
