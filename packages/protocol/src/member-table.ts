import { type Clock, systemClock } from "@furze/core";
import type { ClusterMember, ClusterNode } from "./types.ts";

export interface MemberTableOptions {
  /** Default the system clock. */
  readonly clock?: Clock | undefined;
}

/** Who is in the cluster, by when each node was last heard. Holds a few hundred bytes per node; `live` drops the dead. */
export class MemberTable {
  readonly #members = new Map<string, ClusterMember>();
  readonly #clock: Clock;

  constructor(options: MemberTableOptions = {}) {
    this.#clock = options.clock ?? systemClock;
  }

  /** Notes that a node has been heard now; what it says about itself replaces what it said before. */
  seen(node: ClusterNode): ClusterMember {
    const member: ClusterMember = { ...node, lastSeenMs: this.#clock.now() };
    this.#members.set(node.nodeId, member);
    return member;
  }

  /** Forgets a node that has left. */
  left(nodeId: string): void {
    this.#members.delete(nodeId);
  }

  /**
   * Nodes heard within two periods, and forgets the others. Two periods, because a node that syncs once in each would else
   * be dead and alive by turns.
   *
   * @param nowMs UTC milliseconds
   * @param metaTimeoutMs the period in which each node syncs once
   * @returns sorted by node id, so that every caller sees one order
   */
  live(nowMs: number, metaTimeoutMs: number): ClusterMember[] {
    for (const [nodeId, member] of this.#members) {
      if (nowMs - member.lastSeenMs > 2 * metaTimeoutMs) this.#members.delete(nodeId);
    }
    return [...this.#members.values()].sort((a, b) => (a.nodeId < b.nodeId ? -1 : 1));
  }
}
