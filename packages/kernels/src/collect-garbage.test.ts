import { Worker } from "node:worker_threads";
import { expect, it } from "vitest";

/** Waits for all the others, then collects. */
const program = `
  import { workerData, parentPort } from "node:worker_threads";
  import { collectGarbage } from ${JSON.stringify(new URL("./collect-garbage.ts", import.meta.url).href)};
  const arrived = new Int32Array(workerData.buffer);
  Atomics.add(arrived, 0, 1);
  while (Atomics.load(arrived, 0) < workerData.threads);
  collectGarbage();
  parentPort.postMessage("collected");
`;

it("works on several threads at once, though the flag that allows it is one for all of them", {
  timeout: 120_000,
}, async () => {
  const threads = 8;
  for (let round = 0; round < 4; round++) {
    const workerData = { buffer: new SharedArrayBuffer(4), threads };
    const workers = Array.from(
      { length: threads },
      () => new Worker(new URL(`data:text/javascript,${encodeURIComponent(program)}`), { workerData, execArgv: [] }),
    );
    const answers = workers.map((worker) => new Promise((resolve) => worker.once("message", resolve).once("error", resolve)));
    expect(await Promise.all(answers)).toEqual(Array.from(workers, () => "collected"));
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
});
