// Generates src/generated from proto/. With --check it changes nothing and exits 1 when the committed files are stale.
import { globSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root, runBuf } from "./run-buf.mjs";

const generated = join("packages", "protocol", "src", "generated");

function readTree(folder) {
  const names = globSync("**/*.ts", { cwd: folder }).sort();
  return new Map(names.map((name) => [name, readFileSync(join(folder, name), "utf8")]));
}

function staleFiles(fresh, committed) {
  const names = new Set([...fresh.keys(), ...committed.keys()]);
  return [...names].filter((name) => fresh.get(name) !== committed.get(name));
}

runBuf("lint", "proto");
if (process.argv.includes("--check")) {
  const scratch = mkdtempSync(join(tmpdir(), "furze-proto-"));
  process.on("exit", () => rmSync(scratch, { recursive: true, force: true }));
  runBuf("generate", "proto", "--template", "proto/buf.gen.yaml", "--output", scratch);
  const stale = staleFiles(readTree(join(scratch, generated)), readTree(join(root, generated)));
  for (const name of stale) console.error(`stale: ${join(generated, name)} (run "pnpm generate")`);
  process.exitCode = stale.length === 0 ? 0 : 1;
} else {
  runBuf("generate", "proto", "--template", "proto/buf.gen.yaml");
}
