export { defaultKernelPool, type ReleaseKernelMemoryOptions, releaseKernelMemory } from "./default-pool.ts";
export { KernelExecutionError, KernelMemoryError, KernelsNotBuiltError } from "./errors.ts";
export { KernelArray, type KernelTypedArray } from "./kernel-array.ts";
export { KernelArrays } from "./kernel-arrays.ts";
export { KernelMemory, type KernelMemoryOptions } from "./kernel-memory.ts";
export { kernelNames } from "./kernel-module.ts";
export { type KernelJob, KernelPool, type KernelPoolOptions } from "./kernel-pool.ts";
export type { Kernel } from "./wasm.ts";
