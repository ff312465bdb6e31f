import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { BenchResult } from "../harness.ts";

const RIVALS = ["implicit==0.7.3", "irspack==0.5.2", "numpy==2.4.6", "scipy==1.17.1"];
const VENV = fileURLToPath(new URL("../../.tools/rivals", import.meta.url));
const SCRIPT = fileURLToPath(new URL("rivals.py", import.meta.url));
const DATA = fileURLToPath(new URL("../../../shared/data/movielens-1m", import.meta.url));

/** Rows that have rivals; the others run alone. */
const ROWS = ["als-epoch", "bpr-epoch", "mf-quality", "top-k"];

/**
 * Runs the same rows with libraries from PyPI, installed into `.tools/rivals` at the first time; BLAS gets one thread, as its
 * own threads would run against those of the libraries.
 *
 * @throws {Error} when Python, the libraries or the data are not to be had
 */
export function runRivals(names: readonly string[]): ({ bench: string } & BenchResult)[] {
  const wanted = names.filter((name) => ROWS.includes(name));
  if (wanted.length === 0) return [];
  if (!existsSync(DATA)) throw new Error("--against compares on MovieLens-1M, which is not there");
  if (!existsSync(join(VENV, "installed"))) install();
  const env = { ...process.env, OPENBLAS_NUM_THREADS: "1" };
  const run = spawnSync(join(VENV, "bin/python"), [SCRIPT, DATA, ...wanted], { encoding: "utf8", env, maxBuffer: 1 << 26 });
  if (run.status !== 0) throw new Error(`the rivals failed: ${run.stderr.slice(-2000)}`);
  // Progress bars of the libraries may stand before an object on its line.
  const lines = run.stdout.match(/\{"bench": .*\}$/gm) ?? [];
  return lines.map((line) => JSON.parse(line) as { bench: string } & BenchResult);
}

function install(): void {
  const python = join(VENV, "bin/python");
  for (const [command, ...args] of [
    ["python3", "-m", "venv", VENV],
    [python, "-m", "pip", "install", "--quiet", ...RIVALS],
    [python, "-c", `open(${JSON.stringify(join(VENV, "installed"))}, "w").close()`],
  ] as [string, ...string[]][]) {
    const { status, stderr } = spawnSync(command, args, { encoding: "utf8" });
    if (status !== 0) throw new Error(`${command} ${args.join(" ")} failed: ${stderr?.slice(-1000)}`);
  }
}
