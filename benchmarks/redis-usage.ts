import { connect } from "node:net";

/** What a Redis server holds at one moment. */
export interface RedisUsage {
  readonly keys: number;
  /** Memory in use by the server, an empty one's 1 MiB or so included. */
  readonly memoryBytes: number;
}

/** What the Redis server at an address holds; `undefined` for addresses of other stores. */
export async function redisUsageOf(uri: string): Promise<RedisUsage | undefined> {
  const { protocol, hostname, port } = new URL(uri);
  if (protocol !== "redis:") return undefined;
  const socket = connect(Number(port), hostname);
  socket.write("INFO memory\r\nINFO keyspace\r\nQUIT\r\n");
  let text = "";
  for await (const chunk of socket) text += chunk;
  const memory = /used_memory:(\d+)/.exec(text)?.[1];
  if (memory === undefined) throw new Error("Redis does not say how much memory it uses");
  return { keys: Number(/db0:keys=(\d+)/.exec(text)?.[1] ?? 0), memoryBytes: Number(memory) };
}
