import type { Feedback } from "@furze/core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { HangingProxy } from "../../test/hanging-proxy.ts";
import { openDataStore } from "../open-store.ts";

const SERVERS = [
  { name: "postgres", url: process.env.FURZE_TEST_POSTGRES_URL },
  { name: "mariadb", url: process.env.FURZE_TEST_MYSQL_URL },
] as const;

const ROWS: readonly Feedback[] = ["a", "b"].map((itemId) => ({
  ...{ feedbackType: "click", userId: "u", itemId, value: 1, timestampMs: 0, updatedMs: 0, comment: "" },
}));

describe.each(SERVERS)("answers to COMMIT that $name gave and that got lost", ({ url }) => {
  describe.runIf(url !== undefined)("with a server", () => {
    const target = new URL(url ?? "http://none");
    let proxy: HangingProxy;
    let numLost: number;

    /** Loses the answers to so many. */
    const lose = (count: number) => {
      numLost = 0;
      proxy.swallowsAnswer = (data) => {
        const isLost = numLost < count && data.includes("COMMIT");
        if (isLost) numLost++;
        return isLost;
      };
    };

    beforeAll(async () => {
      proxy = await HangingProxy.open(target);
    });

    afterAll(() => proxy.close());

    test.each([
      ["that create what is missing", {}],
      ["of known users and items only", { autoInsertUsers: false, autoInsertItems: false }],
    ] as const)("sums %s are added once", async (_, inserts) => {
      const store = await openDataStore(proxy.url(target), { tablePrefix: "lost_" });
      await store.migrate();
      await store.purge();
      await store.feedback.upsert(ROWS, { mode: "sum" });
      for (let round = 1; round <= 3; round++) {
        lose(round);
        expect(await store.feedback.upsert(ROWS, { mode: "sum", ...inserts })).toEqual({ accepted: 2, rejected: 0 });
        expect(numLost).toBeGreaterThan(0);
        const [stored] = await store.feedback.ofUsers(["u"]);
        expect(stored?.map((row) => row.value)).toEqual([1 + round, 1 + round]);
      }
      await store.close();
    });

    test("a write that is given up says that it may be stored", async () => {
      const store = await openDataStore(proxy.url(target), { tablePrefix: "lost_", retryForMs: 0 });
      await store.migrate();
      lose(1);
      const write = store.feedback.upsert(ROWS, { mode: "sum" });
      await expect(write).rejects.toMatchObject({ code: "UNAVAILABLE", retryable: true });
      await expect(write).rejects.toThrow(/may be stored or not/);
      await store.close();
    });
  });
});
