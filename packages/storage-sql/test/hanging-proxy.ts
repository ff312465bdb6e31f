import { connect, createServer, type Server, type Socket } from "node:net";

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
