// The part of the WebAssembly API that is used here. Node has it, its type package and the plain ECMAScript libraries do not
// declare it, and pulling in the browser's would let browser globals into every package that imports this one.

/** A compiled module; threads share its machine code. */
export type WasmModule = object;

/** A shared linear memory. */
export interface WasmMemory {
  readonly buffer: SharedArrayBuffer;
  grow(pages: number): number;
}

interface WasmApi {
  readonly Module: {
    new (bytes: Uint8Array): WasmModule;
    exports(module: WasmModule): { name: string; kind: string }[];
  };
  readonly Instance: new (module: WasmModule, imports: { env: { memory: WasmMemory } }) => { readonly exports: object };
  readonly Memory: new (options: { initial: number; maximum: number; shared: true }) => WasmMemory;
}

const api: WasmApi = Reflect.get(globalThis, "WebAssembly");

/** A kernel as seen from TypeScript: numbers in, a number (or nothing) out; pointers are bytes. */
export type Kernel = (...args: number[]) => number | undefined;

export function compile(bytes: Uint8Array): WasmModule {
  return new api.Module(bytes);
}

export function functionNames(module: WasmModule): string[] {
  return api.Module.exports(module)
    .filter((entry) => entry.kind === "function")
    .map((entry) => entry.name);
}

export function createMemory(initialPages: number, maximumPages: number): WasmMemory {
  return new api.Memory({ initial: initialPages, maximum: maximumPages, shared: true });
}

export function instantiate(module: WasmModule, memory: WasmMemory): Record<string, Kernel> {
  return new api.Instance(module, { env: { memory } }).exports as Record<string, Kernel>;
}
