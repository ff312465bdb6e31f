import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

export interface BareRoute extends Disposable {
  readonly url: string;
  readonly pid: number;
}

/** Starts a process that serves a bare Hono route; it ends with the disposal. */
export async function startBareRoute(): Promise<BareRoute> {
  const script = fileURLToPath(new URL("bare-route.ts", import.meta.url));
  const child = spawn(process.execPath, [script], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  return { url: line.toString().trim(), pid: child.pid as number, [Symbol.dispose]: () => child.kill() };
}
