import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Load {
  /** Where the requests go, such as `http://127.0.0.1:8087`. */
  readonly url: string;
  /** Body of a Lua function that returns the next request; `n` counts them. */
  readonly request: string;
  readonly connections: number;
  readonly seconds: number;
}

export interface LoadResult {
  readonly requestsPerSecond: number;
  readonly p99Ms: number;
  /** Answers other than 2xx, and requests without one. */
  readonly errors: number;
}

/** Sends requests from one thread of wrk. @throws {Error} when wrk is not installed */
export async function wrk(load: Load): Promise<LoadResult> {
  const folder = mkdtempSync(join(tmpdir(), "furze-wrk-"));
  const script = join(folder, "requests.lua");
  writeFileSync(script, `local n = 0\nrequest = function()\n  n = n + 1\n  ${load.request}\nend\n`);
  try {
    const shape = ["-t1", `-c${load.connections}`, `-d${load.seconds}s`, "--latency"];
    return parse(await output([...shape, "-s", script, load.url]));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function output(args: readonly string[]): Promise<string> {
  const child = spawn("wrk", args, { stdio: ["ignore", "pipe", "inherit"] });
  const failed = new Promise<never>((_, reject) =>
    child.once("error", (cause) => reject(new Error("This benchmark needs wrk: install the package of that name.", { cause }))),
  );
  const read = async (): Promise<string> => {
    let text = "";
    for await (const chunk of child.stdout) text += chunk;
    return text;
  };
  return Promise.race([read(), failed]);
}

function parse(text: string): LoadResult {
  const number = (pattern: RegExp): number => Number(pattern.exec(text)?.[1] ?? 0);
  const [, p99 = "", unit = ""] = /99%\s+([\d.]+)(us|ms|s)/.exec(text) ?? [];
  const sockets = /Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/.exec(text)?.slice(1) ?? [];
  const failed = sockets.reduce((sum, count) => sum + Number(count), number(/Non-2xx or 3xx responses: (\d+)/));
  return {
    requestsPerSecond: number(/Requests\/sec:\s+([\d.]+)/),
    p99Ms: Number(p99) * ({ us: 0.001, ms: 1, s: 1000 }[unit] ?? Number.NaN),
    errors: failed,
  };
}
