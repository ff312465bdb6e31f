import { expect, test } from "vitest";
import { describeBlobStore } from "./describe-blob-store.ts";

const open = () => Promise.reject(new Error("never opened"));

test("a skip must name an existing case", () => {
  expect(() => describeBlobStore("x", { open, skip: [{ test: "blobs > no such case", reason: "because" }] })).toThrow(
    'x: there is no test "blobs > no such case" to skip',
  );
});

test("a skip must give a reason", () => {
  const skip = [{ test: "blobs > an aborted put stores nothing", reason: " " }];
  expect(() => describeBlobStore("x", { open, skip })).toThrow(/needs a reason/);
});
