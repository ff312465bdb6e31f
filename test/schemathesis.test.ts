import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ApiProcess } from "./support/api-process.ts";
import { ensurePythonPackage } from "./support/python-package.ts";

const SCHEMATHESIS = "schemathesis==4.32.5";

/** What is checked of every answer. That bad data are refused and good data taken is for tests that know which are which. */
const CHECKS = [
  ...["not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance"],
  ...["unsupported_method", "allow_header_conformance"],
];

const OPTIONS = ["--phases=coverage,fuzzing", "--max-examples=3", "--seed=7", "--no-color", "--warnings=off"];

/** Some 3,400 requests to 82 operations: half a minute alone, several beside whole systems on two cores. */
const TIMEOUT_MS = 400_000;

interface Report {
  readonly code: number;
  readonly stdout: string;
}

const schemathesis = ensurePythonPackage(SCHEMATHESIS);
const title = "reason" in schemathesis ? `${SCHEMATHESIS} (left out: ${schemathesis.reason})` : SCHEMATHESIS;

describe.runIf("python" in schemathesis)(title, () => {
  let api: ApiProcess;
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "furze-schemathesis-"));
    api = await ApiProcess.start();
  });
  afterAll(async () => {
    await api.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function run(): Promise<Report> {
    const { python } = schemathesis as { python: string };
    const args = ["-m", "schemathesis.cli", "run", `${api.address}/apidocs.json`, `--checks=${CHECKS.join()}`, ...OPTIONS];
    // It writes what it learns into the folder that it runs in.
    const child = promisify(execFile)(python, args, { cwd: folder, timeout: TIMEOUT_MS });
    return child.then(
      ({ stdout }) => ({ code: 0, stdout }),
      (error: { code: number; stdout: string }) => ({ code: error.code, stdout: error.stdout }),
    );
  }

  it(
    "finds no answer of any route that the OpenAPI document does not tell, and none of 500 or above",
    async () => {
      const { code, stdout } = await run();
      expect(code, stdout).toBe(0);
      expect(stdout).toMatch(/Tested: (8\d|9\d)/);
      expect(api.isRunning).toBe(true);
      expect(api.errors).toBe("");
    },
    TIMEOUT_MS,
  );
});
