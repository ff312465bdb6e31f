import { writeFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type RecordingServer, startRecordingServer } from "../testing/recording-server.ts";
import { type ChildWatch, watchChildren } from "../testing/test-child.ts";
import { ManagedProcess } from "./managed-process.ts";
import { waitUntilReady } from "./readiness.ts";

const signal = new AbortController().signal;
let children: ChildWatch;
let process: ManagedProcess;
let server: RecordingServer;

beforeEach(async () => {
  children = await watchChildren();
  process = new ManagedProcess(children.spec("worker", "obedient"));
});

afterEach(async () => {
  await process.stop(1000);
  children.close();
  await server.close();
});

describe("waitUntilReady", () => {
  it("asks until the answer is 200", async () => {
    const replies = ["break", { status: 503, text: "loading" }, { json: { Ready: true } }] as const;
    server = await startRecordingServer((_, index) => replies[index] ?? "break");
    await waitUntilReady({ process, url: server.url, signal });
    expect(server.requests.map(({ path }) => path)).toEqual(Array(3).fill("/api/health/ready"));
  });

  it("gives up after the time-out, with the last words of the process", async () => {
    server = await startRecordingServer(() => ({ status: 503, text: "" }));
    writeFileSync(`${children.folder}/worker.log`, '{"msg":"waiting for the master"}\n');
    await expect(waitUntilReady({ process, url: server.url, signal, timeoutMs: 10 })).rejects.toThrow(
      "The worker was not ready after 0.01 s. Its last words:\n  waiting for the master",
    );
  });

  it("ends when it is told to", async () => {
    server = await startRecordingServer(() => ({ status: 503, text: "" }));
    await expect(waitUntilReady({ process, url: server.url, signal: AbortSignal.abort() })).rejects.toThrow(/abort/);
  });
});
