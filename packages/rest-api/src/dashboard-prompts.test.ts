import { parseFeedbackExpression } from "@furze/core";
import { previewPrompt } from "@furze/recommend";
import { describe, expect, it } from "vitest";
import { NOW_MS, startTestApi, type TestApi } from "../test/test-api.ts";
import { createMasterApi } from "./index.ts";

const ROLES = { positive: [parseFeedbackExpression("like")], negative: [], read: [] };

function askerOf(api: TestApi) {
  const { dataStore, clock } = api;
  const app = createMasterApi({
    ...api.dependencies,
    tasks: { tasks: () => [] },
    cluster: { nodes: () => [] },
    trainer: { trigger: () => true, state: { models: [] } },
    previewPrompt: (templates, userId, call) => previewPrompt({ dataStore, roles: ROLES, clock }, templates, userId, call),
  });
  return async (query: string, document: string, userId: string): Promise<[number, string]> => {
    const base64 = (text: string): string => Buffer.from(text).toString("base64");
    const parameters = { "query-template": base64(query), "document-template": base64(document), "user-id": userId };
    const answer = await app.request(`/api/dashboard/ranker/prompt?${new URLSearchParams(parameters)}`);
    return [answer.status, await answer.text()];
  };
}

const QUERY = "{{ user.Comment }} likes {% for one in feedback %}{{ one.FeedbackType }} {{ one.Comment }};{% endfor %}";
const DOCUMENT = "{{ item.ItemId }}: {{ item.Comment }} <ü>";

describe("a preview of prompts", () => {
  it("fills in the newest likes of the user and the newest items, hidden ones left out", async () => {
    await using api = await startTestApi();
    const time = (agoMs: number): string => new Date(NOW_MS - agoMs).toISOString();
    await api.call("POST", "/api/user", { UserId: "u", Comment: "Ann" });
    await api.call("POST", "/api/items", [
      { ItemId: "a", Comment: "A", Timestamp: time(3) },
      { ItemId: "b", Comment: "B", Timestamp: time(2) },
      { ItemId: "c", Comment: "C", Timestamp: time(1), IsHidden: true },
    ]);
    const row = (ItemId: string, FeedbackType: string, agoMs: number) => {
      return { UserId: "u", ItemId, FeedbackType, Timestamp: time(agoMs) };
    };
    await api.call("POST", "/api/feedback", [row("a", "like", 5), row("c", "like", 4), row("b", "view", 3)]);
    await api.call("POST", "/api/feedback", [row("b", "like", -60_000)]);
    const expected = { query: "Ann likes like C;like A;", documents: ["b: B <ü>", "a: A <ü>"] };
    const [status, text] = await askerOf(api)(QUERY, DOCUMENT, "u");
    expect([status, JSON.parse(text)]).toEqual([200, expected]);
    expect(text).toContain("\\u003cü\\u003e");
  });

  it("tells what is wrong with a template, and what is missing", async () => {
    await using api = await startTestApi();
    await api.call("POST", "/api/user", { UserId: "u" });
    const ask = askerOf(api);
    expect(await ask("{% for", DOCUMENT, "u")).toEqual([400, expect.stringContaining("query_template is no Jinja template")]);
    expect(await ask("{{ user | shout }}", DOCUMENT, "u")).toEqual([400, expect.stringContaining("cannot be filled in")]);
    expect(await ask(QUERY, DOCUMENT, "nobody")).toEqual([404, "nobody: user not found"]);
    expect(await ask("", DOCUMENT, "u")).toEqual([400, "query-template is required"]);
    expect(await ask(QUERY, "", "u")).toEqual([400, "document-template is required"]);
    expect(await ask(QUERY, DOCUMENT, "")).toEqual([400, "user-id is required"]);
  });
});
