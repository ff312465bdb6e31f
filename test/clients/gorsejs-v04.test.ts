import { Gorse } from "gorsejs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ApiProcess } from "../support/api-process.ts";

// What the client's own suite checks of users, items and feedback, as strictly: it was written for Gorse v0.4.

let api: ApiProcess;
let client: Gorse<"like">;
beforeAll(async () => {
  api = await ApiProcess.start({ api: { compatibility: "v0.4" } });
  client = new Gorse({ endpoint: api.address, secret: "" });
});
afterAll(() => api.stop());

const TIME = "2026-01-02T03:04:05Z";

describe("gorsejs 0.4.8 against a server with compatibility v0.4", () => {
  it("gets users with Subscribe", async () => {
    const user = { UserId: "100", Labels: ["a", "b", "c"], Comment: "comment" };
    expect(await client.insertUser(user)).toBe(1);
    expect(await client.getUser("100")).toStrictEqual({ ...user, Subscribe: null });
    expect((await client.getUsers()).Users).toStrictEqual([{ ...user, Subscribe: null }]);
    expect(await client.deleteUser("100")).toBe(1);
    await expect(client.getUser("100")).rejects.toThrow("100: user not found");
  });

  it("gets items as they were sent", async () => {
    const item = { ItemId: "100", IsHidden: true, Labels: ["a"], Categories: ["d"], Timestamp: TIME, Comment: "comment" };
    expect(await client.upsertItem(item)).toBe(1);
    expect(await client.getItem("100")).toStrictEqual(item);
    expect(await client.deleteItem("100")).toBe(1);
  });

  it("gets feedback without a value", async () => {
    const row = { FeedbackType: "like" as const, UserId: "u", ItemId: "i", Timestamp: TIME };
    expect(await client.insertFeedbacks([row])).toBe(1);
    expect(await client.getFeedback({ type: "like", userId: "u", itemId: "i" })).toStrictEqual({ ...row, Comment: "" });
  });

  it("gets popular and latest items, of which those without a time are none", async () => {
    await client.upsertItem({ ItemId: "dated", IsHidden: false, Labels: [], Categories: [], Timestamp: TIME, Comment: "" });
    expect(await client.getPopular({})).toEqual([]);
    // Feedback has created the item "i" without a time.
    expect(await client.getLatest({})).toEqual([{ Id: "dated", Score: Date.parse(TIME) / 1000 }]);
  });
});
