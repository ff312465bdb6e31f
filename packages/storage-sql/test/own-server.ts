import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { connect, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const SERVICES = fileURLToPath(new URL("../../../tools/services/", import.meta.url));
const run = promisify(execFile);

/** A server of this test alone, which may be killed. */
export interface OwnServer {
  readonly url: string;
  /** Without a chance to clean up. */
  kill(): Promise<void>;
  /** On the same port, with the same data. */
  start(): Promise<void>;
  remove(): Promise<void>;
}

/** @param words arguments of the server's program, behind those that it gets anyway */
export async function startOwnServer(name: "postgres" | "mariadb", words: readonly string[] = []): Promise<OwnServer> {
  const folder = await mkdtemp(join(tmpdir(), "furze-own-server-"));
  const script = async (file: string, ...options: string[]) => {
    const env = { ...process.env, FURZE_SERVICES_DIR: folder, FURZE_SERVICE_ARGUMENTS: words.join(" ") };
    return (await run(process.execPath, [join(SERVICES, file), name, ...options], { env })).stdout;
  };
  const output = await script("start.mjs");
  return {
    url: output.slice(output.indexOf("=") + 1).trim(),
    kill: async () => {
      await script("stop.mjs", "--kill");
    },
    start: async () => {
      await script("start.mjs");
    },
    remove: async () => {
      await script("stop.mjs", "--kill");
      await rm(folder, { recursive: true });
    },
  };
}

/** Stands between a store and its server and can hold back everything, as a network or server that hangs does. */
export class HangingProxy {
  isHanging = false;
  /** Called with what clients send; `true` breaks the connection as soon as the server has answered, and keeps the answer back. */
  swallowsAnswer: (data: Buffer) => boolean = () => false;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server) {
    this.#server = server;
  }

  static async open(target: URL): Promise<HangingProxy> {
    const proxy: HangingProxy = new HangingProxy(
      createServer((near) => {
        const far = connect(Number(target.port), target.hostname);
        let isSwallowing = false;
        for (const [from, to] of [[near, far] as const, [far, near] as const]) {
          proxy.#sockets.add(from);
          from.on("data", (data) => {
            if (isSwallowing) near.destroy();
            else if (!proxy.isHanging) to.write(data);
            isSwallowing ||= from === near && proxy.swallowsAnswer(data);
          });
          from.on("close", () => to.destroy()).on("error", () => to.destroy());
        }
      }),
    );
    await new Promise<void>((resolve) => proxy.#server.listen(0, "127.0.0.1", resolve));
    return proxy;
  }

  /** Address of the target by way of the proxy. */
  url(target: URL): string {
    const url = new URL(target);
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("the proxy does not listen");
    url.port = String(address.port);
    return url.href;
  }

  /** Breaks all connections. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#sockets.clear();
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
