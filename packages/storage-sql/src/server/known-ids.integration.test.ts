import type { Feedback } from "@furze/core";
import type { DataStore } from "@furze/storage";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openDataStore } from "../open-store.ts";

const SERVERS = [
  { name: "postgres", url: process.env.FURZE_TEST_POSTGRES_URL },
  { name: "mariadb", url: process.env.FURZE_TEST_MYSQL_URL },
] as const;

/** So many that MySQL purges them by tables in the place of these. */
const MANY = 12_000;

function rowsOf(count: number): Feedback[] {
  return Array.from({ length: count }, (_, index) => ({
    ...{
      feedbackType: "click",
      userId: `u${index % 3}`,
      itemId: `i${index}`,
      value: 1,
      timestampMs: 0,
      updatedMs: 0,
      comment: "",
    },
  }));
}

describe.each(SERVERS)("what one process on $name knows to be stored", ({ url }) => {
  describe.runIf(url !== undefined)("with a server", () => {
    let writer: DataStore;
    let other: DataStore;

    beforeAll(async () => {
      writer = await openDataStore(url ?? "", { tablePrefix: "known_" });
      other = await openDataStore(url ?? "", { tablePrefix: "known_" });
      await writer.migrate();
    });

    afterAll(async () => {
      await writer.close();
      await other.close();
    });

    test.each([
      ["deletes users", 9, () => other.users.delete(["u0", "u2"])],
      ["deletes items", 9, () => other.items.delete(["i3"])],
      ["purges a few rows", 9, () => other.purge()],
      ["purges many rows", MANY, () => other.purge()],
    ] as const)("is looked for again after another one %s", async (_, count, remove) => {
      await writer.purge();
      await writer.feedback.upsert(rowsOf(count), { mode: "overwrite" });
      await remove();
      await writer.feedback.upsert(rowsOf(9), { mode: "overwrite" });
      const users = await other.users.get(["u0", "u1", "u2"]);
      expect(users.map((user) => user?.userId)).toEqual(["u0", "u1", "u2"]);
      const itemIds = rowsOf(9).map((row) => row.itemId);
      expect((await other.items.get(itemIds)).map((item) => item?.itemId)).toEqual(itemIds);
    });

    test("is not taken for more than it is: rows of users that another process has deleted are refused", async () => {
      await writer.purge();
      await writer.feedback.upsert(rowsOf(9), { mode: "overwrite" });
      const inserts = { mode: "overwrite", autoInsertUsers: false, autoInsertItems: false } as const;
      expect(await writer.feedback.upsert(rowsOf(9), inserts)).toEqual({ accepted: 9, rejected: 0 });
      await other.users.delete(["u1"]);
      expect(await writer.feedback.upsert(rowsOf(9), inserts)).toEqual({ accepted: 6, rejected: 3 });
      expect(await other.feedback.count()).toBe(6);
    });
  });
});
