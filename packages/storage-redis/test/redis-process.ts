import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";

/** A plain client, to look at a server past the store. */
export function connectDriver(uri: string): Redis {
  return new Redis(uri, { lazyConnect: true, maxRetriesPerRequest: 3 });
}

/** A port that nobody listens on at the moment. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address !== null ? address.port : 0;
}

/** A redis-server of one's own on loopback, which may be killed. */
export class RedisProcess {
  readonly port: number;
  readonly #folder: string = mkdtempSync(join(tmpdir(), "furze-redis-"));
  readonly #args: readonly string[];
  #child: ChildProcess | undefined;

  constructor(port: number, args: readonly string[] = []) {
    this.port = port;
    this.#args = args;
  }

  get uri(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** @returns when it takes connections */
  async start(): Promise<void> {
    const args = ["--port", String(this.port), "--bind", "127.0.0.1", "--save", "", "--dir", this.#folder, ...this.#args];
    const child = spawn("redis-server", args, { stdio: ["ignore", "pipe", "inherit"] });
    this.#child = child;
    await new Promise<void>((resolve, reject) => {
      // Redis says "Ready to", Valkey "ready to".
      child.stdout.on("data", (output) => String(output).includes("eady to accept connections") && resolve());
      child.once("error", reject).once("exit", (code) => reject(new Error(`redis-server ended with ${code}`)));
    });
  }

  /** Ends it at once, as a crash would. */
  async kill(): Promise<void> {
    if (this.#child === undefined || this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await ended;
  }

  /** Stops it from answering, without closing anything; `resume` lets it go on. */
  freeze(): void {
    this.#child?.kill("SIGSTOP");
  }

  resume(): void {
    this.#child?.kill("SIGCONT");
  }

  async remove(): Promise<void> {
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
