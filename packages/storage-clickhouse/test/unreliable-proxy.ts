import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";

/** What becomes of a request: it is passed on; its answer is lost on the way back; nobody ever answers; or a given error comes. */
export type Trouble =
  | "none"
  | "lose the answer"
  | "hang"
  | { readonly status: number; readonly code: string; readonly text: string };

/** Stands between a store and its server and spoils requests. */
export class UnreliableProxy {
  /** Decides about each request by its statement. */
  trouble: (statement: string) => Trouble = () => "none";
  readonly #server: Server;
  readonly #target: URL;

  private constructor(target: URL) {
    this.#target = target;
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch(() => response.destroy());
    });
  }

  static async open(uri: string): Promise<UnreliableProxy> {
    const proxy = new UnreliableProxy(new URL(uri.replace(/^clickhouse:/, "http:")));
    await new Promise<void>((resolve) => proxy.#server.listen(0, "127.0.0.1", resolve));
    return proxy;
  }

  /** Address of the server by way of the proxy. */
  get uri(): string {
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("the proxy does not listen");
    return `clickhouse://127.0.0.1:${address.port}${this.#target.pathname}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", this.#target);
    const body = await buffer(request);
    const trouble = this.trouble(url.searchParams.get("query") ?? body.toString());
    if (trouble === "hang") return;
    if (typeof trouble === "object") {
      response.writeHead(trouble.status, { "X-ClickHouse-Exception-Code": trouble.code }).end(trouble.text);
      return;
    }
    const answer = await fetch(url, { method: "POST", body });
    const bytes = Buffer.from(await answer.arrayBuffer());
    if (trouble === "lose the answer") {
      response.destroy();
      return;
    }
    const code = answer.headers.get("X-ClickHouse-Exception-Code");
    response.writeHead(answer.status, code === null ? {} : { "X-ClickHouse-Exception-Code": code }).end(bytes);
  }
}
