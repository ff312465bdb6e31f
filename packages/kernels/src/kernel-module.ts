import { readFileSync } from "node:fs";
import { KernelsNotBuiltError } from "./errors.ts";
import { compile, functionNames, type WasmModule } from "./wasm.ts";

const moduleUrl = new URL("../build/furze-kernels.wasm", import.meta.url);

let compiled: WasmModule | undefined;
let names: ReadonlySet<string> | undefined;

/**
 * Returns the compiled kernels; compiled once per process (about 1 ms) and shared by all threads.
 *
 * @throws {KernelsNotBuiltError} if the file is missing
 */
export function kernelModule(): WasmModule {
  compiled ??= compile(readKernels());
  return compiled;
}

/** Names of all kernels that a pool or a memory can call. */
export function kernelNames(): ReadonlySet<string> {
  names ??= new Set(functionNames(kernelModule()));
  return names;
}

function readKernels(): Uint8Array {
  try {
    return readFileSync(moduleUrl);
  } catch (cause) {
    throw new KernelsNotBuiltError(`the compiled kernels are missing (${moduleUrl.pathname}): run pnpm build:kernels`, {
      cause,
    });
  }
}
