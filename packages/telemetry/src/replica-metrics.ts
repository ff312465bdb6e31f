import cluster from "node:cluster";
import { once } from "node:events";
import { AggregatorRegistry, type Registry } from "prom-client";

/** A replica asks with an id, the primary answers with the same and the text. */
interface MetricsMessage {
  readonly type: "furze:metrics";
  readonly id: number;
  readonly text?: string;
}

function isMetricsMessage(message: unknown): message is MetricsMessage {
  return typeof message === "object" && message !== null && "type" in message && message.type === "furze:metrics";
}

/** In the primary: collects the metrics of all replicas for whichever asks. */
export function answerMetricsRequests(): void {
  const aggregator = new AggregatorRegistry();
  cluster.on("message", (replica, message: unknown) => {
    if (!isMetricsMessage(message)) return;
    const answer = (text: string) => {
      if (replica.isConnected()) replica.send({ ...message, text });
    };
    // A replica that dies meanwhile makes the collection fail after some seconds: an empty answer lets the scrape end.
    aggregator.clusterMetrics().then(answer, () => answer(""));
  });
}

let asked = 0;

/** Metrics of this process, or of all replicas where this is one of them. */
export async function metricsOfReplicas(registry: Registry): Promise<string> {
  if (!cluster.isWorker || process.send === undefined) return registry.metrics();
  asked += 1;
  const id = asked;
  process.send({ type: "furze:metrics", id } satisfies MetricsMessage);
  for (;;) {
    const [message] = (await once(process, "message")) as [unknown];
    if (isMetricsMessage(message) && message.id === id) return message.text ?? "";
  }
}

/** Lets the primary collect a registry of this process, in place of the one before. */
export function collectFrom(registry: Registry): void {
  if (!cluster.isWorker) return;
  AggregatorRegistry.setRegistries([registry]);
  // Making one has this process listen to the primary's requests, once.
  void new AggregatorRegistry();
}
