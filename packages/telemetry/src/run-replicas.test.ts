import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

type App = ChildProcessByStdio<null, Readable, Readable>;

const script = fileURLToPath(new URL("../test/replicated-app.ts", import.meta.url));

function start(kind: string): App & Disposable {
  const app = spawn(process.execPath, ["--conditions=@furze/source", script, kind], { stdio: ["ignore", "pipe", "pipe"] });
  return Object.assign(app, { [Symbol.dispose]: () => void app.kill("SIGKILL") });
}

/** Each replica prints its port and process id once it listens. */
async function* started(app: App): AsyncGenerator<{ port: string; pid: string }, undefined> {
  for await (const line of createInterface({ input: app.stdout })) {
    const [port = "", pid = ""] = line.split(" ");
    yield { port, pid };
  }
}

const get = async (port: string, path = "/"): Promise<string> => (await fetch(`http://127.0.0.1:${port}${path}`)).text();

it("answers on one port from all replicas, adds up their metrics and replaces one that dies", async () => {
  using app = start("2");
  const replicas = started(app);
  const first = (await replicas.next()).value;
  const second = (await replicas.next()).value;
  if (first === undefined || second === undefined) throw new Error("the replicas did not start");
  expect(second.port).toBe(first.port);
  expect(second.pid).not.toBe(first.pid);
  const answers = [];
  for (let request = 0; request < 4; request++) answers.push(await get(first.port));
  expect(new Set(answers)).toEqual(new Set([first.pid, second.pid]));
  expect(await get(first.port, "/metrics")).toMatch(/^furze_requests_total 4$/m);

  process.kill(Number(first.pid), "SIGKILL");
  const third = (await replicas.next()).value;
  expect(third?.port).toBe(first.port);
  expect([first.pid, second.pid]).not.toContain(third?.pid);

  app.kill("SIGTERM");
  expect(await once(app, "exit")).toEqual([0, null]);
  await expect(get(first.port)).rejects.toThrow();
});

it("is one plain process with a count of 1", async () => {
  using app = start("1");
  const only = (await started(app).next()).value;
  expect(only?.pid).toBe(String(app.pid));
  app.kill("SIGTERM");
  expect(await once(app, "exit")).toEqual([0, null]);
});

it("ends with the sentence and the code of a replica that cannot start", async () => {
  using app = start("broken");
  const errors: string[] = [];
  app.stderr.on("data", (chunk: Buffer) => errors.push(chunk.toString()));
  expect(await once(app, "close")).toEqual([1, null]);
  expect(errors.join("")).toContain("The configuration is broken.");
});
