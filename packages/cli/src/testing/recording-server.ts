import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

export interface RecordedRequest {
  readonly method: string;
  readonly path: string;
  readonly apiKey: string | undefined;
  readonly body: unknown;
}

export interface RecordingServer {
  readonly url: string;
  readonly requests: RecordedRequest[];
  close(): Promise<void>;
}

/** What to answer: a body with 200, a status with a text, or nothing but a broken connection. */
export type Reply = { readonly json: unknown } | { readonly status: number; readonly text: string } | "break";

/** An HTTP server on a free loopback port that writes down what it is asked. */
export async function startRecordingServer(
  reply: (request: RecordedRequest, index: number) => Reply,
): Promise<RecordingServer> {
  const requests: RecordedRequest[] = [];
  const server = createServer(async (incoming, outgoing) => {
    const request = await record(incoming);
    const answer = reply(request, requests.push(request) - 1);
    if (answer === "break") return void incoming.socket.destroy();
    const text = "json" in answer ? JSON.stringify(answer.json) : answer.text;
    outgoing.writeHead("status" in answer ? answer.status : 200).end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function record(incoming: IncomingMessage): Promise<RecordedRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  const key = incoming.headers["x-api-key"];
  return {
    method: incoming.method ?? "",
    path: incoming.url ?? "",
    apiKey: Array.isArray(key) ? key[0] : key,
    body: text === "" ? undefined : JSON.parse(text),
  };
}
