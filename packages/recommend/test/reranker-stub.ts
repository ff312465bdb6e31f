import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

export interface RerankRequest {
  readonly authorization: string | undefined;
  readonly body: { readonly model: string; readonly query: string; readonly documents: readonly string[] };
}

/** What the server is to do with a request: answer with JSON, a text or a status, or not at all. */
export type Behaviour = (request: RerankRequest) => unknown | { status: number; headers?: Record<string, string> } | "hang";

export interface RerankerStub extends AsyncDisposable {
  readonly url: string;
  readonly requests: readonly RerankRequest[];
}

/** A server of Jina's reranker protocol on loopback that does as it is told, request by request; the last behaviour stays. */
export async function startReranker(...behaviours: readonly [Behaviour, ...Behaviour[]]): Promise<RerankerStub> {
  const requests: RerankRequest[] = [];
  const server = createServer(async (request, response) => {
    const heard = { authorization: request.headers.authorization, body: JSON.parse(await text(request)) };
    const behave = behaviours[Math.min(requests.length, behaviours.length - 1)] as Behaviour;
    requests.push(heard);
    const answer = behave(heard);
    if (answer === "hang") return;
    if (isRefusal(answer)) response.writeHead(answer.status, answer.headers).end("no");
    else response.end(typeof answer === "string" ? answer : JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/rerank`,
    requests,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Holds documents the more relevant the more often the query's last word stands in them. */
export const byLastWord: Behaviour = ({ body }) => {
  const word = body.query.split(" ").at(-1) ?? "";
  const results = body.documents.map((document, index) => ({ index, relevance_score: document.split(word).length - 1 }));
  return { model: body.model, usage: { total_tokens: 1 }, results };
};

function isRefusal(answer: unknown): answer is { status: number; headers?: Record<string, string> } {
  return typeof answer === "object" && answer !== null && "status" in answer;
}

async function text(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
