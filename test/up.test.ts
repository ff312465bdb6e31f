import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freePorts } from "./support/system.ts";

const MAIN = fileURLToPath(new URL("../packages/cli/src/main.ts", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "furze-up-"));
let ports: string[];
let url: string;

interface Run {
  readonly child: ChildProcess;
  readonly output: () => string;
  readonly ended: Promise<number | null>;
}

function up(...args: string[]): Run {
  const flags = ["--conditions=@furze/source", "--disable-warning=ExperimentalWarning"];
  const child = spawn(process.execPath, [...flags, MAIN, "up", "--data", join(folder, "data"), ...ports, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk) => (text += chunk));
  return { child, output: () => text, ended: once(child, "close").then(([code]) => code as number | null) };
}

beforeAll(async () => {
  const [rest = 0, grpc, http, worker] = await freePorts(4);
  url = `http://127.0.0.1:${rest}`;
  ports = ["--port", `${rest}`, "--master-port", `${grpc}`, "--master-http-port", `${http}`, "--worker-port", `${worker}`];
});

afterAll(() => rmSync(folder, { recursive: true }));

describe("furze up", () => {
  it("goes from nothing to the films recommended to a user, and ends cleanly", async () => {
    const run = up("--example", "movielens-small", "--exit-after-first-list");
    expect(await run.ended, run.output()).toBe(0);
    const output = run.output();
    expect(output).toContain("Imported 9,742 items, 610 users and 100,836 feedback rows");
    expect(output).toMatch(/User \d+ liked +is recommended +because of/);
    expect(output).toMatch(/^5 {2}.+ \(\d{4}\) +1 {2}.+ \(\d{4}\) +collaborative/m);
    expect(output).toContain(`REST API   ${url}`);
    expect(output.match(/^ {2}curl .*$/gm)?.length).toBe(3);
  });

  it("keeps the data over a second start, serves the printed commands, and stops at Ctrl-C", async () => {
    const run = up("--example", "movielens-small");
    await Promise.race([run.ended, untilShown(run, "Serving; Ctrl-C stops it.")]);
    const output = run.output();
    expect(output).toContain("There are data already");
    for (const line of output.match(/^ {2}curl .*$/gm) ?? []) expect(await runCommand(line.trim())).toMatch(/^[[{]/);
    run.child.kill("SIGINT");
    expect(await run.ended, run.output()).toBe(0);
    await expect(fetch(url)).rejects.toThrow();
  });

  it("says in one sentence which port is taken", async () => {
    const blocker = createServer().listen(Number(ports[1]), "127.0.0.1");
    await once(blocker, "listening");
    const run = up();
    expect(await run.ended).toBe(1);
    expect(run.output().trim().split("\n").at(-1)).toMatch(new RegExp(`${ports[1]}.*--port`));
    await new Promise((resolve) => blocker.close(resolve));
  });

  it("says in one sentence that a folder cannot be written", async () => {
    // Root may write anywhere, so the folder is one that nobody can make: below a file.
    const file = join(folder, "data", "data.sqlite");
    chmodSync(file, 0o400);
    const run = up("--data", join(file, "below"));
    expect(await run.ended).toBe(1);
    expect(run.output().trim().split("\n").at(-1)).toContain("below");
    expect(readFileSync(file).length).toBeGreaterThan(0);
  });
});

async function untilShown(run: Run, text: string): Promise<void> {
  while (!run.output().includes(text)) await new Promise((resolve) => setTimeout(resolve, 50));
}

/** Runs a command as a newcomer would who pastes it into a shell. */
async function runCommand(line: string): Promise<string> {
  const child = spawn("bash", ["-c", `${line} --silent --show-error`], { stdio: ["ignore", "pipe", "inherit"] });
  let text = "";
  child.stdout.on("data", (chunk) => (text += chunk));
  const [code] = (await once(child, "close")) as [number | null];
  expect(code).toBe(0);
  return text;
}
