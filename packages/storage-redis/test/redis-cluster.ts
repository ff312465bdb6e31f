import { execFileSync } from "node:child_process";
import { expect, vi } from "vitest";
import { freePort, RedisProcess } from "./redis-process.ts";

const NUM_NODES = 3;

/** Masters of a cluster on loopback, without replicas. */
export class RedisClusterProcesses {
  readonly nodes: readonly RedisProcess[];

  private constructor(nodes: readonly RedisProcess[]) {
    this.nodes = nodes;
  }

  /** @returns when every slot is served */
  static async start(): Promise<RedisClusterProcesses> {
    const nodes: RedisProcess[] = [];
    for (let index = 0; index < NUM_NODES; index++) {
      const args = ["--cluster-enabled", "yes", "--cluster-node-timeout", "1000", "--cluster-port", String(await freePort())];
      const node = new RedisProcess(await freePort(), args);
      nodes.push(node);
      await node.start();
    }
    const cluster = new RedisClusterProcesses(nodes);
    cluster.command("create", ...nodes.map((node) => `127.0.0.1:${node.port}`));
    await Promise.all(nodes.map((node) => vi.waitFor(() => cluster.#checkState(node), { timeout: 20_000, interval: 50 })));
    return cluster;
  }

  get uri(): string {
    const [first, ...others] = this.nodes.map((node) => `127.0.0.1:${node.port}`);
    return `redis+cluster://${first}?${others.map((address) => `addr=${address}`).join("&")}`;
  }

  /** Runs `redis-cli --cluster` to its end. */
  command(...args: string[]): string {
    return execFileSync("redis-cli", ["--cluster", ...args, "--cluster-yes"], { encoding: "utf8" });
  }

  #checkState(node: RedisProcess): void {
    const info = execFileSync("redis-cli", ["-p", String(node.port), "CLUSTER", "INFO"], { encoding: "utf8" });
    expect(info).toContain("cluster_state:ok");
  }

  async remove(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.remove()));
  }
}
