import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from "node:worker_threads";
import type { QuickJSContext, QuickJSHandle, QuickJSWASMModule, VmFunctionImplementation } from "quickjs-emscripten-core";
import { startEngine } from "./script-engine.ts";
import type { FetchAnswer, FetchRequest, FetchResponse, RunMessage, ThreadMessage, ThreadSetup } from "./script-messages.ts";
import { recommendedIds, ScriptProblem } from "./script-result.ts";

const STACK_BYTES = 256 * 1024;

/** How long a run may take. */
interface TimeLimit {
  readonly deadlineMs: number;
  /** Set when it ran out while `fetch` was waiting. */
  isOver: boolean;
}

const port = parentPort as MessagePort;
const setup = workerData as ThreadSetup;
const bell = new Int32Array(setup.bell);
let engine: { readonly memoryLimitBytes: number; readonly module: Promise<QuickJSWASMModule> } | undefined;

port.on("message", (message: RunMessage) => void handle(message));

async function handle(message: RunMessage): Promise<void> {
  port.postMessage(run(await engineWith(message.memoryLimitBytes), message));
}

/** One engine serves all runs with the same limit. */
function engineWith(memoryLimitBytes: number): Promise<QuickJSWASMModule> {
  if (engine?.memoryLimitBytes !== memoryLimitBytes) {
    engine = { memoryLimitBytes, module: startEngine(memoryLimitBytes) };
  }
  return engine.module;
}

/** Runs a script in a machine of its own. */
function run(module: QuickJSWASMModule, message: RunMessage): ThreadMessage {
  const limit: TimeLimit = { deadlineMs: performance.now() + message.timeLimitMs, isOver: false };
  try {
    using runtime = module.newRuntime({
      maxStackSizeBytes: STACK_BYTES,
      interruptHandler: () => limit.isOver || performance.now() > limit.deadlineMs,
    });
    using vm = runtime.newContext();
    // Taken before the script runs, which may change what it finds.
    using json = vm.getProp(vm.global, "JSON");
    using stringify = vm.getProp(json, "stringify");
    setGlobals(vm, message.userId, limit);
    const evaluated = vm.evalCode(message.script, "script", { type: "global" });
    using value = evaluated.error ?? evaluated.value;
    // The machine looks at the clock now and then only, and may have come to an end after a `fetch` without answer.
    if (limit.isOver) throw tooLate();
    if (evaluated.error !== undefined) throw problemOf(vm, evaluated.error);
    return { type: "done", itemIds: recommendedIds(vm.typeof(value), () => textOf(vm, value, stringify)) };
  } catch (error) {
    // Where the machine itself gives up, memory is what it lacks.
    const problem = error instanceof ScriptProblem ? error : new ScriptProblem("memory-limit", String(error));
    return { type: "failed", failure: problem.failure, message: problem.message };
  }
}

function setGlobals(vm: QuickJSContext, userId: string, limit: TimeLimit): void {
  using user = vm.newString(userId);
  vm.setProp(vm.global, "user_id", user);
  using fetch = vm.newFunction("fetch", fetchIn(vm, limit));
  vm.setProp(vm.global, "fetch", fetch);
}

/** The text itself of a string; of anything else its JSON. */
function textOf(vm: QuickJSContext, value: QuickJSHandle, stringify: QuickJSHandle): string {
  if (vm.typeof(value) === "string") return vm.getString(value);
  const result = vm.callFunction(stringify, vm.undefined, value);
  using text = result.error ?? result.value;
  if (result.error !== undefined) throw problemOf(vm, text);
  return vm.getString(text);
}

function problemOf(vm: QuickJSContext, error: QuickJSHandle): ScriptProblem {
  const thrown: unknown = vm.dump(error);
  const { name, message, stack } = typeof thrown === "object" && thrown !== null ? (thrown as Partial<Error>) : {};
  if (name === "InternalError" && message === "interrupted") return tooLate();
  // Nothing or an empty text is thrown where not even an exception can be made.
  if (thrown === null || thrown === "" || (name === "InternalError" && message === "out of memory")) {
    return new ScriptProblem("memory-limit", "it used too much memory");
  }
  const line = /script:(\d+)/.exec(stack ?? "")?.[1];
  const text = name === undefined ? JSON.stringify(thrown) : `${name}: ${message}`;
  return new ScriptProblem("thrown", line === undefined ? text : `${text} (line ${line})`);
}

function tooLate(): ScriptProblem {
  return new ScriptProblem("time-limit", "it took too long");
}

/** A `fetch` that stops the script until the answer is there: the thread that started this one asks the network meanwhile. */
function fetchIn(vm: QuickJSContext, limit: TimeLimit): VmFunctionImplementation<QuickJSHandle> {
  return (...args) => {
    const [target, options] = args.map((arg) => vm.dump(arg) as unknown);
    const answer = ask(requestOf(target, options), limit);
    if ("error" in answer) return { error: vm.newError({ name: "Error", message: `fetch: ${answer.error}` }) };
    return toHandle(vm, answer.response);
  };
}

function ask(request: FetchRequest, limit: TimeLimit): FetchAnswer {
  const rung = Atomics.load(bell, 0);
  port.postMessage({ type: "fetch", request } satisfies ThreadMessage);
  Atomics.wait(bell, 0, rung, Math.max(0, limit.deadlineMs - performance.now()));
  const received: { readonly message: FetchAnswer } | undefined = receiveMessageOnPort(setup.answers);
  if (received !== undefined) return received.message;
  limit.isOver = true;
  return { error: "no answer in time" };
}

function requestOf(target: unknown, options: unknown): FetchRequest {
  const from = recordOf(typeof target === "string" ? { ...recordOf(options), url: target } : target);
  const headers = Object.entries(recordOf(from.headers)).map(([name, value]) => [name, String(value)] as const);
  return {
    url: String(from.url ?? ""),
    method: String(from.method ?? "GET").toUpperCase(),
    headers: Object.fromEntries(headers),
    body: from.body === undefined || from.body === null ? undefined : String(from.body),
  };
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

function toHandle(vm: QuickJSContext, response: FetchResponse): QuickJSHandle {
  const result = vm.newObject();
  using ok = response.ok ? vm.true : vm.false;
  using status = vm.newNumber(response.status);
  using statusText = vm.newString(response.statusText);
  using body = vm.newString(response.body);
  using headers = vm.newObject();
  for (const [name, value] of Object.entries(response.headers)) {
    using text = vm.newString(value);
    vm.setProp(headers, name, text);
  }
  for (const [name, value] of Object.entries({ ok, status, statusText, body, headers })) vm.setProp(result, name, value);
  return result;
}
