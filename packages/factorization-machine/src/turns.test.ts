import { SeededRandom, UserItemMatrix } from "@furze/dataset";
import { expect, it } from "vitest";
import { FmSamples } from "./index.ts";
import { Turns } from "./turns.ts";
import { drawUnseenPairs } from "./unseen-pairs.ts";

const random = new SeededRandom(1);
const rows = Array.from({ length: 2000 }, () => Array.from({ length: 50 }, () => random.nextInt(5000)));
const positive = UserItemMatrix.fromRows({ numItems: 5000, rows });
const none = UserItemMatrix.fromRows({ numItems: 5000, rows: rows.map(() => []) });
const matrices = { positive, negative: none, read: none };

/** Counts the turns of the event loop while work runs. */
async function turnsDuring(work: Promise<unknown>): Promise<number> {
  let turns = 0;
  let isRunning = true;
  const count = (): void => {
    turns++;
    if (isRunning) setImmediate(count);
  };
  setImmediate(count);
  await work.finally(() => {
    isRunning = false;
  });
  return turns;
}

it("lets the event loop run while samples are drawn and split, with the same result", async () => {
  const draw = (turns: Turns) => drawUnseenPairs(matrices, { perPositive: 20, seed: 1, turns });
  // Where time is over at each look, everybody has a turn after each user.
  class Short extends Turns {
    override get isOver(): boolean {
      return true;
    }
  }
  expect(await turnsDuring(draw(new Short({})))).toBeGreaterThan(rows.length / 2);
  expect(await draw(new Short({}))).toEqual(await draw(new Turns({})));
});

it("gives up when it is aborted", async () => {
  const call = { signal: AbortSignal.abort() };
  await expect(new Turns(call).next()).rejects.toMatchObject({ code: "ABORTED" });
});

it("counts the positive samples of each part of a split", async () => {
  const count = 200_000;
  const samples = new FmSamples({
    rows: { numFeatures: 1, offsets: Int32Array.of(0, 1), indices: Int32Array.of(0) },
    targets: Uint8Array.from({ length: count }, () => random.nextInt(2)),
    first: new Int32Array(count),
  });
  const { train, test } = await samples.split({ fraction: 0.25 });
  for (const part of [train, test]) expect(part.numPositive).toBe(part.targets.reduce((sum, target) => sum + target, 0));
  expect(train.numPositive + test.numPositive).toBe(samples.numPositive);
});
