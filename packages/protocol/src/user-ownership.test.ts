import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ownerOf, shareUsers } from "./user-ownership.ts";

const NUM_USERS = 10_000;
const nodeIds = fc.uniqueArray(fc.uuid(), { minLength: 2, maxLength: 8 });

/** User ids as applications have them: counters are the hardest, since they differ in few bits. */
const idForms: Readonly<Record<string, (index: number) => string>> = {
  counters: (index) => String(index),
  "padded counters": (index) => `user-${String(index).padStart(9, "0")}`,
  digests: (index) => createHash("md5").update(String(index)).digest("hex"),
  "not ASCII": (index) => `用户😀${index}`,
};

function countOwned(owner: (userId: string) => string | undefined, toId: (index: number) => string): Map<string, number> {
  const counts = new Map<string, number>();
  for (let index = 0; index < NUM_USERS; index++) {
    const nodeId = owner(toId(index)) ?? "nobody";
    counts.set(nodeId, (counts.get(nodeId) ?? 0) + 1);
  }
  return counts;
}

describe("shareUsers", () => {
  it("has no owner without nodes", () => {
    expect(ownerOf("bob", [])).toBeUndefined();
  });

  it("gives everybody to a single node", () => {
    expect(countOwned(shareUsers(["only"]), String)).toEqual(new Map([["only", NUM_USERS]]));
  });

  it.each(Object.keys(idForms))("shares out evenly: %s", (form) => {
    const toId = idForms[form] ?? String;
    for (const numNodes of [2, 3, 5, 8]) {
      const ids = Array.from({ length: numNodes }, (_, index) => `node-${index}`);
      const counts = countOwned(shareUsers(ids), toId);
      const fair = NUM_USERS / numNodes;
      // Five standard deviations of a fair draw.
      const tolerance = 5 * Math.sqrt(fair * (1 - 1 / numNodes));
      for (const id of ids) expect(Math.abs((counts.get(id) ?? 0) - fair)).toBeLessThan(tolerance);
    }
  });

  it("moves only the users of the node that left", () => {
    fc.assert(
      fc.property(nodeIds, fc.nat(), (ids, pick) => {
        const dead = ids[pick % ids.length];
        const before = shareUsers(ids);
        const after = shareUsers(ids.filter((id) => id !== dead));
        const users = Array.from({ length: 500 }, (_, index) => String(index));
        const moved = users.filter((user) => before(user) !== after(user));
        expect(moved).toEqual(users.filter((user) => before(user) === dead));
      }),
      { numRuns: 30 },
    );
  });

  it("spreads the users of a node that left over all others", () => {
    const ids = ["a", "b", "c", "d", "e"];
    const before = shareUsers(ids);
    const after = shareUsers(ids.slice(1));
    const orphans = Array.from({ length: NUM_USERS }, (_, index) => String(index)).filter((user) => before(user) === "a");
    const heirs = new Map<string, number>();
    for (const user of orphans) heirs.set(after(user) ?? "", (heirs.get(after(user) ?? "") ?? 0) + 1);
    expect([...heirs.keys()].sort()).toEqual(["b", "c", "d", "e"]);
    for (const count of heirs.values()) expect(count / orphans.length).toBeCloseTo(0.25, 1);
  });

  it("does not depend on order or duplicates", () => {
    fc.assert(
      fc.property(nodeIds, fc.string({ unit: "binary" }), (ids, user) => {
        const owner = ownerOf(user, ids);
        expect(ids).toContain(owner);
        expect(ownerOf(user, [...ids].reverse())).toBe(owner);
        expect(ownerOf(user, [...ids, ...ids])).toBe(owner);
      }),
    );
  });

  it("stays what it was: nodes of two versions must agree", () => {
    const owner = shareUsers(["node-0", "node-1", "node-2"]);
    const owners = { alice: 0, "0": 1, "7": 2, "15": 0, bob: 0, é: 0, 日本: 1, "😀": 1, "": 0 };
    for (const [user, index] of Object.entries(owners)) expect([user, owner(user)]).toEqual([user, `node-${index}`]);
  });
});
