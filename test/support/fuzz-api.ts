import { connect } from "node:net";
import { type MalformedRequest, malformedRequest, seededRandom } from "./malformed-requests.ts";

export interface FuzzOptions {
  readonly port: number;
  readonly count: number;
  readonly seed: number;
  /** Connections at a time. */
  readonly concurrency: number;
  /** A connection that is open for longer counts as stuck. */
  readonly timeoutMs: number;
  /** Called after each thousand. */
  readonly onProgress?: (done: number) => void;
}

export interface FuzzResult {
  /** Answers by status; what got no answer counts as `none`. */
  readonly answers: ReadonlyMap<string, number>;
  /** Requests whose connection neither got an answer nor was closed in time. */
  readonly stuck: readonly MalformedRequest[];
  /** Requests that were answered with a status of 500 or above, with the answer. */
  readonly failures: readonly { readonly request: MalformedRequest; readonly answer: string }[];
}

/** Sends malformed requests over connections of their own, some at a time. */
export async function fuzzApi(options: FuzzOptions): Promise<FuzzResult> {
  const random = seededRandom(options.seed);
  const answers = new Map<string, number>();
  const stuck: MalformedRequest[] = [];
  const failures: { request: MalformedRequest; answer: string }[] = [];
  let sent = 0;
  const work = async (): Promise<void> => {
    while (sent < options.count) {
      sent += 1;
      if (sent % 1000 === 0) options.onProgress?.(sent);
      const request = malformedRequest(random);
      const { text, isStuck } = await exchange(request, options);
      const status = /^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? "none";
      answers.set(status, (answers.get(status) ?? 0) + 1);
      if (isStuck) stuck.push(request);
      if (/^HTTP\/1\.1 5/m.test(text)) failures.push({ request, answer: text });
    }
  };
  await Promise.all(Array.from({ length: options.concurrency }, work));
  return { answers, stuck, failures };
}

interface Exchange {
  readonly text: string;
  readonly isStuck: boolean;
}

/** Writes a request and waits until the server has closed the connection, or until this side has left it. */
function exchange(request: MalformedRequest, { port, timeoutMs }: FuzzOptions): Promise<Exchange> {
  return new Promise((resolve) => {
    let text = "";
    let isStuck = false;
    const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true, noDelay: true });
    socket.setTimeout(timeoutMs, () => {
      isStuck = true;
      socket.destroy();
    });
    socket.on("data", (chunk) => {
      if (text.length < 100_000) text += chunk.toString("latin1");
    });
    // The server may close while this side still writes; what it has said until then counts.
    socket.on("error", () => undefined);
    socket.on("end", () => socket.end());
    socket.on("close", () => resolve({ text, isStuck }));
    socket.on("connect", () => {
      for (const chunk of request.chunks) socket.write(chunk);
      if (request.ending === "half-close") socket.end();
      if (request.ending === "reset") socket.write("", () => socket.resetAndDestroy());
    });
  });
}
