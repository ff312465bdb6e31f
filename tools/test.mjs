// `npm test`: every test of the workspace, with one line of counts at the end. Arguments go to vitest.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bootstrap, runTool } from "./bootstrap.mjs";
import { countTests, summaryLine } from "./test-summary.mjs";

const readReport = (path) => {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
};

await runTool(async () => {
  const { root, node, env } = await bootstrap({ quiet: true });
  const folder = mkdtempSync(join(tmpdir(), "furze-test-"));
  try {
    const report = join(folder, "report.json");
    const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
    const args = [
      "node_modules/vitest/vitest.mjs",
      "run",
      "--config",
      "vitest.workspace.ts",
      ...reporters,
      ...process.argv.slice(2),
    ];
    const { status, error } = spawnSync(node, args, { cwd: root, env, stdio: ["ignore", "inherit", "inherit"] });
    if (error) throw error;
    const counts = countTests(readReport(report), status);
    for (const note of counts.notes) process.stdout.write(`${note}\n`);
    process.stdout.write(`${summaryLine(counts)}\n`);
    return counts.failed === 0 ? 0 : status || 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
