import type { WasmMemory, WasmModule } from "./wasm.ts";

/** Words of the control block that the pool and its workers share. */
export const CONTROL_NEXT = 0;
export const CONTROL_ABORT = 1;
export const CONTROL_WORDS = 16;

/** What a worker starts with. */
export interface WorkerSetup {
  readonly module: WasmModule;
  readonly control: SharedArrayBuffer;
}

/** Binds a memory in the worker. */
export interface AttachMessage {
  readonly type: "attach";
  readonly regionId: number;
  readonly memory: WasmMemory;
}

/** One worker's part of a job. */
export interface RunMessage {
  readonly type: "run";
  readonly jobId: number;
  readonly regionId: number;
  readonly kernel: string;
  readonly args: readonly number[];
  readonly total: number;
  readonly chunk: number;
}

/** Lets go of a memory. */
export interface DetachMessage {
  readonly type: "detach";
  readonly regionId: number;
}

export type PoolMessage = AttachMessage | DetachMessage | RunMessage;

/** A worker's answer when its part of a job is over. */
export interface DoneMessage {
  readonly jobId: number;
  /** Sum of what the kernel returned; 0 when it returns nothing. */
  readonly sum: number;
  readonly error?: string;
}
