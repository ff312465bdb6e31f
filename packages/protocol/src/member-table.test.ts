import { ManualClock } from "@furze/core";
import { expect, it } from "vitest";
import { MemberTable } from "./member-table.ts";
import type { ClusterNode } from "./types.ts";

const META_TIMEOUT_MS = 10_000;

function node(nodeId: string): ClusterNode {
  return { nodeId, kind: "worker", hostname: "host", httpPort: 8089, version: "0.1.0" };
}

it("holds a node for two periods after it was last heard", () => {
  const clock = new ManualClock(0);
  const table = new MemberTable({ clock });
  table.seen(node("b"));
  clock.advance(META_TIMEOUT_MS);
  table.seen(node("a"));
  expect(table.live(clock.now(), META_TIMEOUT_MS)).toEqual([
    { ...node("a"), lastSeenMs: 10_000 },
    { ...node("b"), lastSeenMs: 0 },
  ]);
  expect(table.live(20_000, META_TIMEOUT_MS).map((member) => member.nodeId)).toEqual(["a", "b"]);
  expect(table.live(20_001, META_TIMEOUT_MS).map((member) => member.nodeId)).toEqual(["a"]);
  expect(table.live(30_001, META_TIMEOUT_MS)).toEqual([]);
});

it("never loses a node that syncs once in each period, even when a sync is half a period late", () => {
  const clock = new ManualClock(0);
  const table = new MemberTable({ clock });
  for (let sync = 0; sync < 20; sync++) {
    table.seen(node("a"));
    clock.advance(sync % 2 === 0 ? META_TIMEOUT_MS * 1.5 : META_TIMEOUT_MS);
    expect(table.live(clock.now(), META_TIMEOUT_MS)).toHaveLength(1);
  }
});

it("takes what a node says last", () => {
  const table = new MemberTable({ clock: new ManualClock(0) });
  table.seen(node("a"));
  table.seen({ ...node("a"), version: "0.2.0" });
  expect(table.live(0, META_TIMEOUT_MS).map((member) => member.version)).toEqual(["0.2.0"]);
});

it("forgets a node that has left at once", () => {
  const table = new MemberTable({ clock: new ManualClock(0) });
  table.seen(node("a"));
  table.seen(node("b"));
  table.left("a");
  table.left("stranger");
  expect(table.live(0, META_TIMEOUT_MS).map((member) => member.nodeId)).toEqual(["b"]);
});

it("takes a node back that was forgotten", () => {
  const clock = new ManualClock(0);
  const table = new MemberTable({ clock });
  table.seen(node("a"));
  clock.advance(100_000);
  expect(table.live(clock.now(), META_TIMEOUT_MS)).toEqual([]);
  table.seen(node("a"));
  expect(table.live(clock.now(), META_TIMEOUT_MS)).toHaveLength(1);
});
