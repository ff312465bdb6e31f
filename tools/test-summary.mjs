// Counts for the last line of `npm test` and of the CI run.

/**
 * Counts the tests in vitest's JSON report so that no failure is lost: a file that does not load, an error outside of
 * any test, and a run without tests each count as one failure.
 *
 * @param report the parsed report, or undefined when vitest wrote none
 * @param exitCode what vitest exited with; null when a signal ended it
 * @returns {{ passed: number, failed: number, skipped: number, notes: string[] }}
 */
export function countTests(report, exitCode) {
  const counts = { passed: 0, failed: 0, skipped: 0, notes: [] };
  const fail = (note) => {
    counts.failed += 1;
    counts.notes.push(note);
  };
  if (report === undefined) {
    fail("vitest left no report: counted as one failure");
    return counts;
  }
  for (const file of report.testResults) {
    for (const { status } of file.assertionResults) {
      if (status === "passed" || status === "failed") counts[status] += 1;
      else counts.skipped += 1;
    }
    const failedInside = file.assertionResults.some(({ status }) => status === "failed");
    if (file.status === "failed" && !failedInside) fail(`${file.name} failed outside of its tests: counted as one failure`);
  }
  if (counts.passed + counts.failed === 0) fail("no test ran: counted as one failure");
  else if (counts.failed === 0 && exitCode !== 0)
    fail(`vitest exited with ${exitCode} though no test failed: counted as one failure`);
  return counts;
}

/** The summary line: skipped tests are named only when there are some. */
export function summaryLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}
