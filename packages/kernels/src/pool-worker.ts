// Runs in a worker thread of KernelPool: binds memories, then takes chunks of a job until none is left.
import { parentPort, workerData } from "node:worker_threads";
import { collectGarbage } from "./collect-garbage.ts";
import {
  CONTROL_ABORT,
  CONTROL_NEXT,
  type DoneMessage,
  type PoolMessage,
  type RunMessage,
  type WorkerSetup,
} from "./pool-messages.ts";
import { instantiate, type Kernel } from "./wasm.ts";

const { module, control: controlBuffer } = workerData as WorkerSetup;
const control = new Int32Array(controlBuffer);
const instances = new Map<number, Record<string, Kernel>>();

parentPort?.on("message", (message: PoolMessage) => {
  if (message.type === "attach") {
    instances.set(message.regionId, instantiate(module, message.memory));
  } else if (message.type === "detach") {
    instances.delete(message.regionId);
    collectGarbage();
  } else {
    parentPort?.postMessage(run(message));
  }
});

function run(message: RunMessage): DoneMessage {
  try {
    return { jobId: message.jobId, sum: runChunks(message) };
  } catch (error) {
    // The others need not go on: the job has failed.
    Atomics.store(control, CONTROL_ABORT, 1);
    return { jobId: message.jobId, sum: 0, error: error instanceof Error ? error.message : String(error) };
  }
}

function runChunks({ regionId, kernel: name, args, total, chunk }: RunMessage): number {
  const kernel = instances.get(regionId)?.[name];
  if (kernel === undefined) throw new TypeError(`there is no kernel "${name}"`);
  let sum = 0;
  while (Atomics.load(control, CONTROL_ABORT) === 0) {
    const begin = Atomics.add(control, CONTROL_NEXT, chunk);
    if (begin >= total) break;
    sum += kernel(...args, begin, Math.min(begin + chunk, total)) ?? 0;
  }
  return sum;
}
