import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** Runs with the address of a bare Hono route, and with the process that serves it. */
export async function withBareRoute<T>(run: (url: string, pid: number) => Promise<T>): Promise<T> {
  const script = fileURLToPath(new URL("bare-route.ts", import.meta.url));
  const child = spawn(process.execPath, [script], { stdio: ["ignore", "pipe", "inherit"] });
  try {
    const [line] = (await once(child.stdout, "data")) as [Buffer];
    return await run(line.toString().trim(), child.pid as number);
  } finally {
    child.kill();
  }
}
