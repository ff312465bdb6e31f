import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const SOURCE_FLAGS = ["--conditions=@furze/source", "--disable-warning=ExperimentalWarning"];
/** What `furze up` starts processes with. */
const MEMORY_FLAGS = ["--max-semi-space-size=8"];
const MEMORY_ENV = { MALLOC_ARENA_MAX: "2", MALLOC_TRIM_THRESHOLD_: "131072" };

type AppName = "master" | "worker" | "server";

export interface Ran {
  readonly code: number | null;
  readonly output: string;
}

export interface TaskRow {
  readonly Name: string;
  readonly Status: string;
  readonly Error: string;
  readonly StartTime: string;
}

/** Addresses of the stores that all processes use. */
export interface SystemStores {
  readonly data?: string | undefined;
  readonly cache?: string | undefined;
  /** Where model files are kept, with the environment variables that it takes to get there. */
  readonly blobs?: { readonly uri: string; readonly env: Readonly<Record<string, string>> } | undefined;
}

export interface TestSystemOptions {
  readonly apiKey?: string;
  readonly serverProcesses?: number;
  /** Run what `pnpm build` has made, as an installed system would, instead of the sources. */
  readonly isBuilt?: boolean;
  /** Flags of worker and server besides those that every test has. */
  readonly nodeFlags?: readonly string[];
}

/**
 * A whole system of real processes on free ports, over SQLite files in a folder of its own.
 * With a key, which must be the one in the configuration, every request sends it.
 */
export class TestSystem {
  readonly folder: string = mkdtempSync(join(tmpdir(), "furze-system-"));
  readonly #headers: Readonly<Record<string, string>>;
  readonly #serverProcesses: number;
  readonly #isBuilt: boolean;
  readonly #nodeFlags: readonly string[];
  readonly #apps = new Map<AppName, ChildProcess>();
  readonly #logs = new Map<AppName, string>();
  #stores: SystemStores = {};
  #ports: Record<"grpc" | AppName, number> = { grpc: 0, master: 0, worker: 0, server: 0 };

  constructor({ apiKey, serverProcesses = 1, isBuilt = false, nodeFlags = [] }: TestSystemOptions = {}) {
    this.#isBuilt = isBuilt;
    this.#nodeFlags = nodeFlags;
    this.#serverProcesses = serverProcesses;
    this.#headers = apiKey === undefined ? {} : { "x-api-key": apiKey };
  }

  get serverUrl(): string {
    return `http://127.0.0.1:${this.#ports.server}`;
  }

  get masterUrl(): string {
    return `http://127.0.0.1:${this.#ports.master}`;
  }

  /** @param stores default: SQLite files in the folder */
  async start(config: string, stores: SystemStores = {}): Promise<void> {
    this.#stores = stores;
    writeFileSync(join(this.folder, "furze.toml"), config);
    const [grpc, master, worker, server] = await freePorts(4);
    this.#ports = { grpc, master, worker, server } as Record<"grpc" | AppName, number>;
    await this.startApp("master");
    await Promise.all([this.startApp("worker"), this.startApp("server")]);
  }

  /** Starts one application and waits until it is ready. */
  async startApp(name: AppName): Promise<void> {
    const program = this.#isBuilt
      ? [...MEMORY_FLAGS, join(ROOT, `apps/${name}/dist/main.js`)]
      : [...SOURCE_FLAGS, ...MEMORY_FLAGS, join(ROOT, `apps/${name}/src/main.ts`)];
    const child = spawn(process.execPath, [...program, ...this.#flags(name)], {
      cwd: ROOT,
      env: { ...MEMORY_ENV, ...process.env, ...this.#env() },
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    this.#apps.set(name, child);
    this.#logs.set(name, "");
    child.stderr?.on("data", (chunk) => this.#logs.set(name, (this.#logs.get(name) ?? "") + chunk));
    const url = `http://127.0.0.1:${this.#ports[name]}/api/health/ready`;
    await this.until(`${name} is ready`, async () => {
      if (child.exitCode !== null) throw new Error(`${name} ended with ${child.exitCode}:\n${this.#logs.get(name)}`);
      return (await fetch(url).catch(() => undefined))?.status === 200;
    });
  }

  /** Process id of an application that runs. */
  pid(name: AppName): number {
    const pid = this.#apps.get(name)?.pid;
    if (pid === undefined) throw new Error(`${name} does not run`);
    return pid;
  }

  /** Kills one application without a warning. */
  async kill(name: AppName): Promise<void> {
    await this.#end(name, "SIGKILL");
  }

  /** Stops one application the polite way. @returns its exit code */
  async stopApp(name: AppName): Promise<number | null> {
    return this.#end(name, "SIGTERM");
  }

  /** Runs the furze command to its end. */
  async furze(...args: string[]): Promise<Ran> {
    const child = spawn(process.execPath, [...SOURCE_FLAGS, join(ROOT, "packages/cli/src/main.ts"), ...args], {
      cwd: ROOT,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
    const [code] = (await once(child, "close")) as [number | null];
    return { code, output };
  }

  /** Starts a training cycle and waits until the worker has made the lists that follow from it. */
  async train(): Promise<void> {
    const version = await this.#lastListStart();
    const response = await fetch(`${this.masterUrl}/api/dashboard/tasks/run`, { method: "POST", headers: this.#headers });
    if (response.status !== 200) throw new Error(`training was refused: ${await response.text()}`);
    await this.until("lists are made", async () => {
      const tasks = await this.tasks();
      const failed = tasks.find((task) => task.Status === "Failed");
      if (failed !== undefined) throw new Error(`${failed.Name} failed: ${failed.Error}`);
      const lists = tasks.find((task) => task.Name === "Generate recommendation");
      return lists?.Status === "Complete" && lists.StartTime !== version;
    });
  }

  async tasks(): Promise<TaskRow[]> {
    return (await (await fetch(`${this.masterUrl}/api/dashboard/tasks`, { headers: this.#headers })).json()) as TaskRow[];
  }

  async get<T>(path: string): Promise<T> {
    const response = await fetch(this.serverUrl + path, { headers: this.#headers });
    if (response.status !== 200) throw new Error(`GET ${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  }

  async post(path: string, body: unknown): Promise<Response> {
    const headers = { ...this.#headers, "content-type": "application/json" };
    return fetch(this.serverUrl + path, { method: "POST", headers, body: JSON.stringify(body) });
  }

  /** Asks until the answer is yes; after a minute it says what it waited for, with the logs. */
  async until(what: string, condition: () => Promise<boolean>): Promise<void> {
    const limit = performance.now() + 60_000;
    while (!(await condition())) {
      if (performance.now() > limit) throw new Error(`waited a minute until ${what}\n${[...this.#logs.values()].join("\n")}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async stop(): Promise<void> {
    for (const name of ["server", "worker", "master"] as const) await this.#end(name, "SIGTERM");
    rmSync(this.folder, { recursive: true });
  }

  async #lastListStart(): Promise<string | undefined> {
    return (await this.tasks()).find((task) => task.Name === "Generate recommendation")?.StartTime;
  }

  async #end(name: AppName, signal: NodeJS.Signals): Promise<number | null> {
    const child = this.#apps.get(name);
    this.#apps.delete(name);
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null;
    const ended = once(child, "exit");
    child.kill(signal);
    await ended;
    return child.exitCode;
  }

  #flags(name: AppName): string[] {
    if (name === "master") return ["--config", join(this.folder, "furze.toml")];
    const flags = ["--master-port", String(this.#ports.grpc), "--http-port", String(this.#ports[name])];
    if (name === "server") flags.push("--processes", String(this.#serverProcesses));
    return [...flags, "--cache-path", join(this.folder, name), ...this.#nodeFlags];
  }

  #env(): Record<string, string> {
    return {
      FURZE_DATABASE_DATA_STORE: this.#stores.data ?? `sqlite://${join(this.folder, "data.sqlite")}`,
      FURZE_DATABASE_CACHE_STORE: this.#stores.cache ?? `sqlite://${join(this.folder, "cache.sqlite")}`,
      // A server keeps what a test before has left: each system has tables and keys of its own.
      FURZE_DATABASE_TABLE_PREFIX: basename(this.folder).replace(/\W/g, "_").toLowerCase(),
      FURZE_BLOB_URI: this.#stores.blobs?.uri ?? join(this.folder, "models"),
      ...this.#stores.blobs?.env,
      FURZE_MASTER_PORT: String(this.#ports.grpc),
      FURZE_MASTER_HTTP_PORT: String(this.#ports.master),
    };
  }
}

/** Ports that nobody listens on; all are held until the last is found, so that they differ. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, "127.0.0.1"));
  await Promise.all(servers.map((server) => once(server, "listening")));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
