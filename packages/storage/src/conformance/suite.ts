import { describe, test } from "vitest";

/** One case of a suite. Its name reads `area > what must hold`. */
export interface ConformanceTest<Context> {
  readonly name: string;
  readonly run: (context: Context) => Promise<void>;
}

/** A case that an adapter cannot pass by its nature. */
export interface SkippedTest {
  /** Full name of an existing case: `area > what must hold`. */
  readonly test: string;
  readonly reason: string;
}

export interface SuiteRun<Context> {
  readonly tests: readonly ConformanceTest<Context>[];
  readonly skip: readonly SkippedTest[];
  /** Makes what one case works on, and takes it down. */
  readonly withContext: (run: (context: Context) => Promise<void>) => Promise<void>;
}

/** Registers the cases. @throws {Error} for a skip that names no case or gives no reason, which fails the test file */
export function describeSuite<Context>(name: string, { tests, skip, withContext }: SuiteRun<Context>): void {
  const reasons = new Map(skip.map((skipped) => [skipped.test, skipped.reason]));
  for (const [skipped, reason] of reasons) {
    if (!tests.some((one) => one.name === skipped)) throw new Error(`${name}: there is no test "${skipped}" to skip`);
    if (reason.trim() === "") throw new Error(`${name}: the skip of "${skipped}" needs a reason`);
  }
  describe(name, () => {
    for (const one of tests) {
      const reason = reasons.get(one.name);
      test(one.name, async (context) => {
        if (reason !== undefined) context.skip(reason);
        await withContext(one.run);
      });
    }
  });
}
