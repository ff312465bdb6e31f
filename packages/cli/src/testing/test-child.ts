import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ProcessSpec } from "../up/managed-process.ts";

// Reports over a socket, whose end tells the test that the process is gone, however it went.
const SCRIPT = `
import { connect } from "node:net";
const [name, mode, port] = process.argv.slice(2);
const socket = connect(Number(port), "127.0.0.1", () => socket.write(name + "\\n"));
process.on("disconnect", () => process.exit(0));
process.on("SIGTERM", () => { if (mode !== "stubborn") process.exit(0); });
if (mode === "dying") { process.stderr.write("first line\\nno more memory\\n"); process.exit(3); }
`;

export interface ChildWatch {
  /** A process that runs until SIGTERM; `stubborn` ignores it, `dying` ends at once with exit code 3. */
  spec(name: string, mode: "obedient" | "stubborn" | "dying"): ProcessSpec;
  /** Resolves when processes of these names have said that they run, counted from the start of the watch. */
  started(...names: string[]): Promise<void>;
  /** Names in the order in which the processes ended. */
  readonly ended: readonly string[];
  endOf(name: string): Promise<void>;
  readonly folder: string;
  /** The arguments to start `spec(name)` by, for a process that is not a test. */
  argumentsOf(name: string): string[];
  close(): void;
}

/** Listens for test processes and keeps their script and logs in a temporary folder. */
export async function watchChildren(): Promise<ChildWatch> {
  const folder = mkdtempSync(join(tmpdir(), "furze-cli-"));
  const script = join(folder, "child.mjs");
  writeFileSync(script, SCRIPT);
  const started: string[] = [];
  const ended: string[] = [];
  const sockets = new Set<Socket>();
  const waiting = new Set<() => void>();
  const server = createServer((socket) => {
    let name = "";
    sockets.add(socket);
    socket.on("data", (data) => {
      name = data.toString().trim();
      started.push(name);
      for (const check of waiting) check();
    });
    socket.on("error", () => {});
    socket.on("close", () => {
      ended.push(name);
      for (const check of waiting) check();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const until = (isSo: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      const check = () => {
        if (!isSo()) return;
        waiting.delete(check);
        resolve();
      };
      waiting.add(check);
      check();
    });
  const argumentsOf = (name: string, mode = "obedient") => [script, name, mode, String(port)];
  return {
    folder,
    ended,
    argumentsOf,
    spec: (name, mode) => ({
      name,
      command: process.execPath,
      args: argumentsOf(name, mode),
      env: process.env,
      logFile: join(folder, `${name}.log`),
    }),
    started: (...names) => until(() => names.every((name) => occurrences(started, name) >= occurrences(names, name))),
    endOf: (name) => until(() => ended.includes(name)),
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      rmSync(folder, { recursive: true });
    },
  };
}

function occurrences(list: readonly string[], value: string): number {
  return list.filter((entry) => entry === value).length;
}
