import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type HeldOut, holdOutLastLiked, MOVIELENS, ndcgAt10 } from "./held-out.ts";
import { type SystemStores, TestSystem, type TestSystemOptions } from "./system.ts";

/**
 * The demo's own configuration: what a newcomer sees is what is tested. Only a dead node is given up sooner, and no search for better
 * parameters changes the lists under the tests.
 */
const config = readFileSync(join(MOVIELENS, "furze.toml"), "utf8")
  .replace("[master]", '[master]\nmeta_timeout = "1s"')
  .replace(/^optimize_period.*$/m, "");

/** What must hold of a whole system, whatever its stores are. */
export function describeSystem(name: string, stores: SystemStores, options: TestSystemOptions = {}): void {
  describe(name, () => {
    const system = new TestSystem(options);
    let heldOut: HeldOut;
    let recommended: Map<string, string[]>;

    async function listsOf(path: (userId: string) => string): Promise<Map<string, string[]>> {
      const lists = new Map<string, string[]>();
      for (const userId of heldOut.rated.keys()) {
        const rows = await system.get<({ Id: string } | string)[]>(path(userId));
        lists.set(
          userId,
          rows.map((row) => (typeof row === "string" ? row : row.Id)),
        );
      }
      return lists;
    }

    beforeAll(async () => {
      heldOut = holdOutLastLiked(join(system.folder, "movielens"));
      await system.start(config, stores);
      const imported = await system.furze("import", "--format", "movielens", heldOut.folder, "--url", system.serverUrl);
      expect(imported, imported.output).toMatchObject({ code: 0 });
      await system.train();
      recommended = await listsOf((userId) => `/api/recommend/${userId}?n=10`);
    });

    afterAll(() => system.stop());

    describe("recommendations for MovieLens-small", () => {
      it("give every user ten films that he has not rated", () => {
        expect(recommended.size).toBe(610);
        for (const [userId, list] of recommended) {
          expect(new Set(list).size).toBe(10);
          expect(list.filter((itemId) => heldOut.rated.get(userId)?.has(itemId))).toEqual([]);
        }
      });

      it("differ between users", () => {
        expect(new Set([...recommended.values()].map((list) => list.join())).size).toBeGreaterThan(600);
      });

      it("beat popularity by far in finding the next film that a user likes", async () => {
        const popular = await listsOf((userId) => `/api/non-personalized/popular?n=10&user-id=${userId}`);
        const ndcg = ndcgAt10(recommended, heldOut.lastLiked);
        const baseline = ndcgAt10(popular, heldOut.lastLiked);
        expect(baseline).toBeGreaterThan(0.015);
        expect(ndcg / baseline).toBeGreaterThan(1.3);
      });

      it("say where they come from", async () => {
        const rows = await system.get<{ Id: string; Sources: string[]; ModelId: string }[]>(
          "/api/recommend/1?n=10&details=true",
        );
        expect(rows[0]).toMatchObject({ Id: recommended.get("1")?.[0], ModelId: expect.stringMatching(/^\d+$/) });
        expect(rows[0]?.Sources).toContain("collaborative");
      });
    });

    describe("a user's next answer", () => {
      it("follows three fresh clicks of somebody never seen before, without any training", async () => {
        const before = await system.get<string[]>("/api/recommend/newcomer?n=10");
        // Toy Story, A Bug's Life, Monsters, Inc.
        const likes = ["1", "2355", "4886"].map((ItemId) => ({ FeedbackType: "rating", UserId: "newcomer", ItemId, Value: 5 }));
        expect((await system.post("/api/feedback", likes)).status).toBe(200);
        const after = await system.get<{ Id: string; Sources: string[] }[]>("/api/recommend/newcomer?n=10&details=true");
        expect(after.map((row) => row.Id)).not.toEqual(before);
        expect(after[0]?.Sources).toContain("collaborative");
        // Finding Nemo or Toy Story 2: what everybody would expect.
        expect(after.some((row) => row.Id === "6377" || row.Id === "3114")).toBe(true);
      });

      it("never shows what has just been hidden", async () => {
        const [first = ""] = recommended.get("2") ?? [];
        const headers = { "content-type": "application/json" };
        await fetch(`${system.serverUrl}/api/item/${first}`, { method: "PATCH", headers, body: '{"IsHidden": true}' });
        expect(await system.get<string[]>("/api/recommend/2?n=100")).not.toContain(first);
        await fetch(`${system.serverUrl}/api/item/${first}`, { method: "PATCH", headers, body: '{"IsHidden": false}' });
        expect(await system.get<string[]>("/api/recommend/2?n=100")).toContain(first);
      });
    });

    describe("failures", () => {
      it("lose no feedback that was answered with 200 when the server is killed", async () => {
        const answered: number[] = [];
        let isKilled = false;
        const write = async (lane: number): Promise<void> => {
          for (let n = lane; !isKilled && n < 100_000; n += 8) {
            const row = { FeedbackType: "click", UserId: "busy", ItemId: `click-${n}` };
            const response = await system.post("/api/feedback", [row]).catch(() => undefined);
            if (response?.status === 200) answered.push(n);
          }
        };
        const lanes = Array.from({ length: 8 }, (_, lane) => write(lane));
        await system.until("some feedback is written", async () => answered.length > 200);
        await system.kill("server");
        isKilled = true;
        await Promise.all(lanes);
        await system.startApp("server");
        const stored = await system.get<{ ItemId: string }[]>("/api/user/busy/feedback");
        const ids = new Set(stored.map((row) => row.ItemId));
        expect(answered.filter((n) => !ids.has(`click-${n}`))).toEqual([]);
        expect(await system.get("/api/recommend/1?n=10")).toEqual(recommended.get("1"));
      });

      it("leave lists behind that a restarted worker completes", async () => {
        await system.kill("worker");
        const likes = ["260", "1196", "1210"].map((ItemId) => ({ FeedbackType: "rating", UserId: "late", ItemId, Value: 5 }));
        expect((await system.post("/api/feedback", likes)).status).toBe(200);
        expect(await system.get("/api/intermediate/recommend/late?n=10")).toEqual([]);
        await system.startApp("worker");
        await system.until("the new user has a list", async () => {
          return (await system.get<unknown[]>("/api/intermediate/recommend/late?n=10")).length === 10;
        });
        expect(await system.get("/api/recommend/1?n=10")).toEqual(recommended.get("1"));
      });

      it("of the master leave servers answering, even one that starts meanwhile", async () => {
        await system.kill("master");
        expect(await system.get("/api/recommend/1?n=10")).toEqual(recommended.get("1"));
        await system.kill("server");
        await system.startApp("server");
        expect(await system.get("/api/recommend/1?n=10")).toEqual(recommended.get("1"));
        await system.startApp("master");
        await system.until("the server is a member again", async () => {
          const nodes = (await (await fetch(`${system.masterUrl}/api/dashboard/cluster`)).json()) as { Type: string }[];
          return nodes.some((node) => node.Type === "Server") && nodes.some((node) => node.Type === "Worker");
        });
      });

      it("do not keep a process from stopping cleanly", async () => {
        expect(await system.stopApp("server")).toBe(0);
        expect(await system.stopApp("worker")).toBe(0);
        expect(await system.stopApp("master")).toBe(0);
      });
    });
  });
}
