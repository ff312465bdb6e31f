import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { API_KEY, FilmClub } from "../support/film-club.ts";
import { ensurePythonPackage } from "../support/python-package.ts";

const SCRIPT = fileURLToPath(new URL("pygorse_calls.py", import.meta.url));

/** The functions of the script, in its order. */
const CASES = [
  "users",
  "users_in_bulk",
  "items",
  "search",
  "feedback",
  "neighbors",
  "recommend_newcomer",
  "recommend_regular",
  "recommend_and_write_back",
  "session",
  "wrong_key",
];

interface Outcome {
  /** Traceback of each case that failed, `null` for the others. */
  readonly failures: Readonly<Record<string, string | null>>;
  readonly not_called: readonly string[];
}

const PYGORSE = "pygorse==0.5.1";
const pygorse = ensurePythonPackage(PYGORSE);
const title = "reason" in pygorse ? `${PYGORSE} (left out: ${pygorse.reason})` : PYGORSE;

describe.runIf("python" in pygorse)(title, () => {
  const club = new FilmClub();
  beforeAll(() => club.start());
  afterAll(() => club.stop());

  describe.each(["sync", "async"])("%s client", (mode) => {
    let outcome: Outcome;
    beforeAll(async () => {
      const { python } = pygorse as { python: string };
      const args = ["-B", SCRIPT, club.system.serverUrl, API_KEY, mode];
      const { stdout } = await promisify(execFile)(python, args, { timeout: 60_000 });
      outcome = JSON.parse(stdout) as Outcome;
    });

    it.each(CASES)("%s", (name) => {
      expect(outcome.failures).toHaveProperty([name]);
      expect(outcome.failures[name]).toBeNull();
    });

    it("has no method that is not called, and the script no case that is not asked for", () => {
      expect(outcome.not_called).toEqual([]);
      expect(Object.keys(outcome.failures)).toEqual(CASES);
    });
  });
});
