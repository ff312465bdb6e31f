// Refuses changes of proto/ that break deployed nodes: compares with a commit, by default the one before HEAD.
// Usage: node check-breaking.mjs [commit]
import { spawnSync } from "node:child_process";
import { root, runBuf } from "./run-buf.mjs";

const base = process.argv[2] ?? "HEAD~1";

function gitHas(object) {
  return spawnSync("git", ["cat-file", "-e", object], { cwd: root, stdio: "ignore" }).status === 0;
}

if (gitHas(`${base}:proto/buf.yaml`)) {
  const commit = spawnSync("git", ["rev-parse", `${base}^{commit}`], { cwd: root, encoding: "utf8" }).stdout.trim();
  runBuf("breaking", "proto", "--against", `.git#ref=${commit},subdir=proto`);
} else {
  console.log(`no proto/ in ${base}: nothing to compare with`);
}
