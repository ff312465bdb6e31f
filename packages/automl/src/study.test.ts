import { FurzeError, ManualClock } from "@furze/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { noPruner, randomSampler, Study, space, uniform, variant } from "./index.ts";

const line = space({ side: variant({ left: { x: uniform(-1, 0) }, right: { x: uniform(0, 2) } }) });
const newStudy = (seed = 0, clock = new ManualClock(0)) => new Study({ space: line, direction: "maximize", seed, clock });
type LineTrial = ReturnType<ReturnType<typeof newStudy>["ask"]>;
const square = ({ parameters }: LineTrial): number => -((parameters.side.x - 1.5) ** 2);
const parametersOf = (study: ReturnType<typeof newStudy>) => study.trials.map(({ parameters }) => parameters);

describe("Study", () => {
  it("finds the maximum, and the minimum", async () => {
    for (const direction of ["maximize", "minimize"] as const) {
      const study = new Study({ space: line, direction });
      await study.optimize((trial) => (direction === "maximize" ? square(trial) : -square(trial)), { trials: 60 });
      expect(study.bestTrial?.parameters.side.x).toBeCloseTo(1.5, 1);
      const values = study.trials.map(({ value }) => Math.abs(value ?? 9));
      expect(Math.abs(study.bestTrial?.value ?? 9)).toBe(Math.min(...values));
    }
  });

  it("gives equal trials for equal seeds, others for others", async () => {
    const run = async (seed: number) => {
      const study = newStudy(seed);
      await study.optimize(square, { trials: 25 });
      return parametersOf(study);
    };
    const first = await run(1);
    expect(await run(1)).toEqual(first);
    expect(await run(2)).not.toEqual(first);
  });

  it("continues after a restart as if nothing had happened", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 19 }), fc.maxSafeInteger(), async (cut, seed) => {
        const whole = newStudy(seed);
        await whole.optimize(square, { trials: 20 });
        const first = newStudy(seed);
        await first.optimize(square, { trials: cut });
        const second = Study.fromJSON(JSON.parse(JSON.stringify(first)), { space: line });
        await second.optimize(square, { trials: 20 - cut });
        expect(parametersOf(second)).toEqual(parametersOf(whole));
        expect(second.bestTrial?.value).toBe(whole.bestTrial?.value);
      }),
      { numRuns: 10 },
    );
  });

  it("saves every state of a trial, and the queue", () => {
    const study = newStudy();
    const [complete, pruned, failed, infinite] = [study.ask(), study.ask(), study.ask(), study.ask()];
    study.ask();
    pruned.report(1, 0.5);
    study.tell(complete.number, { value: 1 });
    study.tell(pruned.number, "pruned");
    study.tell(failed.number, { error: new RangeError("too far") });
    study.tell(infinite.number, { value: Number.NEGATIVE_INFINITY });
    study.enqueue({ side: { kind: "right", x: 0.25 } });
    const copy = Study.fromJSON(JSON.parse(JSON.stringify(study)), { space: line });
    expect(copy.trials.map(({ state }) => state)).toEqual(["complete", "pruned", "failed", "complete", "cancelled"]);
    expect(copy.trials[1]?.steps).toEqual([{ step: 1, value: 0.5 }]);
    expect(copy.trials[2]?.error).toMatchObject({ name: "RangeError", message: "too far" });
    expect(copy.trials[3]?.value).toBe(Number.NEGATIVE_INFINITY);
    expect(copy.ask().parameters).toEqual({ side: { kind: "right", x: 0.25 } });
  });

  it("refuses what is no saved study, or one of another space", () => {
    const saved = () => JSON.parse(JSON.stringify(newStudy()));
    const load = (json: unknown) => () => Study.fromJSON(json, { space: line });
    expect(load(null)).toThrow("study is not an object");
    expect(load({ ...saved(), version: 2 })).toThrow("study.version");
    expect(load({ ...saved(), direction: "up" })).toThrow("study.direction");
    expect(load({ ...saved(), trials: [{ state: "complete" }] })).toThrow("study.trials.0.value");
    expect(load({ ...saved(), queue: [{ side: 0 }] })).toThrow("side.left.x");
    const other = space({ side: variant({ left: { x: uniform(-1, 0) }, right: { x: uniform(0, 3) } }) });
    expect(() => Study.fromJSON(saved(), { space: other })).toThrow("study.space is not the space given");
  });

  it("measures trials by its clock", () => {
    const clock = new ManualClock(1000);
    const study = newStudy(0, clock);
    const { number } = study.ask();
    clock.advance(250);
    expect(study.tell(number, { value: 1 }).durationMs).toBe(250);
  });

  it("ends a trial only once", () => {
    const study = newStudy();
    const { number } = study.ask();
    study.tell(number, "cancelled");
    expect(() => study.tell(number, { value: 1 })).toThrow("trial 0 is not running");
    expect(() => study.tell(7, { value: 1 })).toThrow("trial 7 is not running");
  });

  it("refuses reports that go back", () => {
    const trial = newStudy().ask();
    trial.report(2, 1);
    expect(() => trial.report(2, 1)).toThrow("steps must ascend");
    expect(() => trial.report(3, Number.NaN)).toThrow("NaN");
  });
});

describe("Study.optimize", () => {
  it("keeps the error of a failed trial and goes on", async () => {
    const study = newStudy();
    await study.optimize(
      (trial) => {
        if (trial.number === 1) throw new Error("no luck");
        return trial.number === 2 ? Number.NaN : trial.number;
      },
      { trials: 4 },
    );
    expect(study.trials.map(({ state }) => state)).toEqual(["complete", "failed", "failed", "complete"]);
    expect(study.trials[1]?.error?.message).toBe("no luck");
    expect(study.trials[2]?.error?.message).toBe("the objective returned NaN");
    expect(study.bestTrial?.number).toBe(3);
  });

  it("gives up when every trial fails", async () => {
    const study = newStudy();
    const failing = () => Promise.reject(new Error("no data"));
    await expect(study.optimize(failing, { trials: 100, maxFailures: 3 })).rejects.toThrow("no data");
    expect(study.trials).toHaveLength(3);
  });

  it("prunes trials whose objective returns undefined", async () => {
    const study = newStudy();
    await study.optimize(({ number }) => (number === 0 ? undefined : 1), { trials: 2 });
    expect(study.trials.map(({ state, value }) => [state, value])).toEqual([
      ["pruned", undefined],
      ["complete", 1],
    ]);
  });

  it("starts no trial after the time limit", async () => {
    const clock = new ManualClock(0);
    const study = newStudy(0, clock);
    await study.optimize(
      () => {
        clock.advance(400);
        return 1;
      },
      { timeLimitMs: 1000 },
    );
    expect(study.trials).toHaveLength(3);
  });

  it("stops the running trial at the time limit, without an error", async () => {
    const study = newStudy();
    await study.optimize((_, { signal }) => untilAborted(signal), { timeLimitMs: 10 });
    expect(study.trials.map(({ state }) => state)).toEqual(["cancelled"]);
  });

  it("stops when the caller aborts, with an AbortError", async () => {
    const study = newStudy();
    const caller = new AbortController();
    const search = study.optimize(
      ({ number }, { signal }) => {
        if (number < 2) return number;
        queueMicrotask(() => caller.abort(new Error("enough")));
        return untilAborted(signal);
      },
      { signal: caller.signal },
    );
    const error = await search.catch((reason: unknown) => reason);
    expect(FurzeError.is(error) && error.code).toBe("ABORTED");
    expect(study.trials.map(({ state }) => state)).toEqual(["complete", "complete", "cancelled"]);
  });

  it("runs so many trials at a time and no more", async () => {
    const study = new Study({ space: line, direction: "maximize", sampler: randomSampler(), pruner: noPruner() });
    let running = 0;
    let most = 0;
    await study.optimize(
      async () => {
        most = Math.max(most, ++running);
        await new Promise((resolve) => setImmediate(resolve));
        running--;
        return 1;
      },
      { trials: 10, parallelism: 3 },
    );
    expect(most).toBe(3);
    expect(study.trials).toHaveLength(10);
  });

  it("adjusts what was sampled before it is tried", async () => {
    const study = newStudy();
    await study.optimize(() => 1, { trials: 5, adjust: () => ({ side: { kind: "left", x: -0.5 } }) });
    expect(study.trials.every(({ parameters }) => parameters.side.x === -0.5)).toBe(true);
  });

  it("reports each trial, and passes errors of the listener on", async () => {
    const numbers: number[] = [];
    await newStudy().optimize(square, { trials: 3, onTrial: ({ number }) => void numbers.push(number) });
    expect(numbers).toEqual([0, 1, 2]);
    const onTrial = () => {
      throw new Error("disk full");
    };
    await expect(newStudy().optimize(square, { trials: 3, onTrial })).rejects.toThrow("disk full");
  });

  it("refuses a search without an end", async () => {
    await expect(newStudy().optimize(square, {})).rejects.toThrow("needs an end");
    await expect(newStudy().optimize(square, { trials: 0 })).rejects.toThrow("trials");
    await expect(newStudy().optimize(square, { timeLimitMs: 0 })).rejects.toThrow("timeLimitMs");
    await expect(newStudy().optimize(square, { trials: 1, parallelism: 0 })).rejects.toThrow("parallelism");
  });
});

function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason), { once: true }));
}
