import { type Feedback, FurzeError, UnavailableError } from "@furze/core";
import { expect, test } from "vitest";
import type { FeedbackWriteMode } from "./data-store.ts";
import { FeedbackBatcher } from "./feedback-batcher.ts";

function row(userId: string): Feedback {
  return { feedbackType: "click", userId, itemId: "i", value: 1, timestampMs: 0, updatedMs: 0, comment: "" };
}

/** Keeps what it is given, unless the check refuses it. */
function recording(check: (rows: readonly Feedback[]) => void = () => {}) {
  const batches: { readonly mode: FeedbackWriteMode; readonly users: string }[] = [];
  const batcher = new FeedbackBatcher(async (rows, mode) => {
    check(rows);
    batches.push({ mode, users: rows.map((one) => one.userId).join("") });
  });
  return { batches, batcher };
}

test("calls of one turn share a batch, in their order, as long as their mode is the same", async () => {
  const { batches, batcher } = recording();
  const calls = [
    batcher.add([row("a"), row("b")], "sum", undefined),
    batcher.add([row("c")], "sum", undefined),
    batcher.add([row("d")], "overwrite", undefined),
    batcher.add([row("e")], "sum", undefined),
  ];
  await Promise.all(calls);
  expect(batches).toEqual([
    { mode: "sum", users: "abc" },
    { mode: "overwrite", users: "d" },
    { mode: "sum", users: "e" },
  ]);
});

test("a large call goes by itself and at once", async () => {
  const { batches, batcher } = recording();
  const large = batcher.add(
    Array.from({ length: 501 }, () => row("x")),
    "sum",
    undefined,
  );
  expect(batches.length).toBe(1);
  await large;
});

test("a call aborted before its batch begins is left out", async () => {
  const { batches, batcher } = recording();
  const controller = new AbortController();
  const calls = [batcher.add([row("a")], "sum", undefined), batcher.add([row("b")], "sum", controller.signal)];
  controller.abort();
  const results = await Promise.allSettled(calls);
  expect(results.map((result) => result.status)).toEqual(["fulfilled", "rejected"]);
  expect(batches.map((batch) => batch.users)).toEqual(["a"]);
});

test("a row that the server refuses fails its own call only", async () => {
  const { batches, batcher } = recording((rows) => {
    if (rows.some((one) => one.userId === "bad")) throw new FurzeError("INTERNAL", "refused");
  });
  const results = await Promise.allSettled(["a", "bad", "c"].map((userId) => batcher.add([row(userId)], "sum", undefined)));
  expect(results.map((result) => result.status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  expect(batches.map((batch) => batch.users)).toEqual(["a", "c"]);
});

test("a server that is away fails all calls of the batch, once", async () => {
  let attempts = 0;
  const { batcher } = recording(() => {
    attempts++;
    throw new UnavailableError("away");
  });
  const results = await Promise.allSettled(["a", "b"].map((userId) => batcher.add([row(userId)], "sum", undefined)));
  expect(results.map((result) => result.status)).toEqual(["rejected", "rejected"]);
  expect(attempts).toBe(1);
});
