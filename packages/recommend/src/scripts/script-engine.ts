import {
  newQuickJSWASMModuleFromVariant,
  newVariant,
  type QuickJSSyncVariant,
  type QuickJSWASMModule,
} from "quickjs-emscripten-core";

/** The part of the WebAssembly API that is used here: the type package of Node does not declare it. */
interface WasmApi {
  readonly Memory: new (options: { readonly initial: number; readonly maximum: number }) => object;
}

const PAGE_BYTES = 65_536;
/** What the engine starts with. */
const FIRST_PAGES = 256;

const wasm: WasmApi = Reflect.get(globalThis, "WebAssembly");

/**
 * An engine in a memory of its own that cannot grow beyond the limit. The engine's own limit would not do: it does not count large
 * blocks.
 *
 * @param memoryLimitBytes 16 MiB are given at least
 */
export async function startEngine(memoryLimitBytes: number): Promise<QuickJSWASMModule> {
  const maximum = Math.max(FIRST_PAGES, Math.floor(memoryLimitBytes / PAGE_BYTES));
  const wasmMemory = new wasm.Memory({ initial: FIRST_PAGES, maximum });
  return newQuickJSWASMModuleFromVariant(newVariant(await loadVariant(), { wasmMemory }));
}

async function loadVariant(): Promise<QuickJSSyncVariant> {
  // The package declares its CommonJS form, which has one more `default`; the one that Node loads has not.
  const loaded: QuickJSSyncVariant | { readonly default: QuickJSSyncVariant } = (
    await import("@jitl/quickjs-wasmfile-release-sync")
  ).default;
  return "default" in loaded ? loaded.default : loaded;
}
