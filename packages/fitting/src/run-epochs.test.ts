import { AbortError, InvalidArgumentError } from "@furze/core";
import { KernelPool } from "@furze/kernels";
import { afterAll, describe, expect, it } from "vitest";
import { type FitThreads, fitThreads, runEpochs, type Trainable, TrainingDivergedError } from "./index.ts";

const pool = new KernelPool({ threads: 2 });
afterAll(() => pool.close());

/** One number; `alive` counts those not disposed. */
class Counter implements Trainable<Counter> {
  static alive = 0;
  value: number;
  #isDisposed = false;

  constructor(value: number) {
    this.value = value;
    Counter.alive++;
  }

  clone(): Counter {
    return new Counter(this.value);
  }

  copyFrom(other: Counter): void {
    this.value = other.value;
  }

  countNonFinite(): Promise<number> {
    return Promise.resolve(Number.isFinite(this.value) ? 0 : 1);
  }

  dispose(): void {
    if (!this.#isDisposed) Counter.alive--;
    this.#isDisposed = true;
  }
}

/** Counts epochs; scores[i] is what the i-th evaluation says. */
function counting(scores: readonly number[] | undefined, step = 1) {
  const parameters = new Counter(0);
  let evaluations = 0;
  return {
    parameters,
    runEpoch: async (_threads: FitThreads, epoch: number) => {
      parameters.value += step;
      return { loss: 1 / epoch };
    },
    evaluate: async () => (scores === undefined ? undefined : { score: scores[evaluations++] ?? 0 }),
  };
}

const schedule = { numEpochs: 10, evaluationInterval: 2, patience: 2 };

describe("runEpochs", () => {
  it("keeps the best epoch, of equal scores the earlier, and stops when patience ends", async () => {
    const reports: unknown[] = [];
    const outcome = await runEpochs(counting([1, 3, 3, 2, 9]), schedule, fitThreads({ pool }), (report) => {
      reports.push([report.epoch, report.score, report.loss]);
    });
    expect([outcome.bestEpoch, outcome.parameters.value, outcome.evaluation?.score]).toEqual([4, 4, 3]);
    expect(reports).toEqual(Array.from({ length: 8 }, (_, i) => [i + 1, [1, 3, 3, 2][(i - 1) / 2], 1 / (i + 1)]));
    expect(Counter.alive).toBe(1);
    outcome.parameters.dispose();
  });

  it("never stops early without patience, and evaluates the last epoch", async () => {
    const never = { numEpochs: 5, evaluationInterval: 2, patience: 0 };
    const outcome = await runEpochs(counting([2, 1, 3]), never, fitThreads({ pool }));
    expect([outcome.bestEpoch, outcome.evaluation?.score]).toEqual([5, 3]);
    outcome.parameters.dispose();
  });

  it("keeps the last epoch when nothing is evaluated", async () => {
    const outcome = await runEpochs(counting(undefined), schedule, fitThreads({ pool }));
    expect([outcome.bestEpoch, outcome.parameters.value, outcome.evaluation]).toEqual([10, 10, undefined]);
    outcome.parameters.dispose();
  });

  it("keeps a first epoch that scores NaN only until there is a better one", async () => {
    const outcome = await runEpochs(counting([Number.NEGATIVE_INFINITY, 1]), schedule, fitThreads({ pool }));
    expect(outcome.bestEpoch).toBe(4);
    outcome.parameters.dispose();
  });

  it("says when training diverges, and leaves no memory behind", async () => {
    const run = runEpochs(counting([1, 2, 3], 1e308), schedule, fitThreads({ pool }));
    await expect(run).rejects.toMatchObject({ epoch: 2 });
    await expect(run).rejects.toBeInstanceOf(TrainingDivergedError);
    expect(Counter.alive).toBe(0);
  });

  it("stops when aborted, before the first epoch or between two, and leaves no memory behind", async () => {
    const before = runEpochs(counting([1]), schedule, fitThreads({ pool, signal: AbortSignal.abort() }));
    await expect(before).rejects.toBeInstanceOf(AbortError);
    const controller = new AbortController();
    const epochs: number[] = [];
    const between = runEpochs(counting([1, 2]), schedule, fitThreads({ pool, signal: controller.signal }), ({ epoch }) => {
      epochs.push(epoch);
      if (epoch === 3) controller.abort(new Error("enough"));
    });
    await expect(between).rejects.toBeInstanceOf(AbortError);
    expect(epochs).toEqual([1, 2, 3]);
    expect(Counter.alive).toBe(0);
  });
});

describe("fitThreads", () => {
  it("takes all threads of the pool unless told otherwise, and no more than it has", () => {
    expect([fitThreads({ pool }).threads, fitThreads({ pool, threads: 1 }).threads]).toEqual([2, 1]);
    expect(() => fitThreads({ pool, threads: 3 })).toThrow(InvalidArgumentError);
  });
});
