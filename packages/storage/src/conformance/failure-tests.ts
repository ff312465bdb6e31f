import { expect } from "vitest";
import type { DataStore } from "../data-store.ts";
import type { FailureContext } from "./describe-failures.ts";
import { collect, feedback, user } from "./fixtures.ts";
import type { ConformanceTest } from "./suite.ts";

const SMALL_ROWS = 20;
const BULK_ROWS = 8000;
const CALLS_BEFORE_THE_KILL = 20;
const RETRYABLE = { code: "UNAVAILABLE", retryable: true };

const sizeOf = (userId: string): number => (userId.startsWith("bulk") ? BULK_ROWS : SMALL_ROWS);

interface Outcome {
  /** Users whose rows were stored, as far as the store said. */
  readonly acknowledged: readonly string[];
  readonly failures: readonly unknown[];
}

/** One writer of large calls and two of small ones, until the server is killed under them. */
async function writeUntilKilled(store: DataStore, kill: () => Promise<void>): Promise<Outcome> {
  const acknowledged: string[] = [];
  const failures: unknown[] = [];
  let isDown = false;
  const write = async (userId: string) => {
    const rows = Array.from({ length: sizeOf(userId) }, (_, index) => feedback(`click ${userId} i${index}`));
    try {
      await store.feedback.upsert(rows, { mode: "sum" });
      acknowledged.push(userId);
    } catch (error) {
      failures.push(error);
    }
  };
  const writers = ["bulk", "small-1", "small-2"].map(async (writer) => {
    for (let call = 0; !isDown; call++) await write(`${writer}-${call}`);
  });
  while (acknowledged.length < CALLS_BEFORE_THE_KILL) await new Promise((resolve) => setImmediate(resolve));
  await kill();
  await expect(store.users.count()).rejects.toMatchObject(RETRYABLE);
  isDown = true;
  await Promise.all(writers);
  return { acknowledged, failures };
}

async function killedUnderLoad({ server, open }: FailureContext): Promise<void> {
  const store = await open({ tablePrefix: "killed_", retryForMs: 200 });
  await store.migrate();
  const { acknowledged, failures } = await writeUntilKilled(store, () => server.kill());
  for (const failure of failures) expect(failure).toMatchObject(RETRYABLE);
  expect(failures).not.toEqual([]);

  await server.start();
  const users = (await collect(store.users.scan())).map(({ userId }) => userId);
  expect(acknowledged.filter((userId) => !users.includes(userId))).toEqual([]);
  const lists = await store.feedback.ofUsers(users);
  expect(users.filter((userId, index) => lists[index]?.length !== sizeOf(userId))).toEqual([]);
  const counts = new Map<string, number>();
  for await (const batch of store.feedback.scan({ order: "item" })) {
    for (const { userId } of batch) counts.set(userId, (counts.get(userId) ?? 0) + 1);
  }
  expect([...counts.keys()].toSorted()).toEqual(users.toSorted());
  expect(users.filter((userId) => counts.get(userId) !== sizeOf(userId))).toEqual([]);
}

async function restarting({ server, open }: FailureContext): Promise<void> {
  const store = await open({ tablePrefix: "restart_", retryForMs: 60_000 });
  await store.migrate();
  await server.kill();
  const call = store.users.upsert([user("u")]);
  await server.start();
  await call;
  expect(await store.users.count()).toBe(1);
}

async function nobodyListens({ openNowhere }: FailureContext): Promise<void> {
  const store = await openNowhere({ tablePrefix: "", retryForMs: 100 });
  const call = store.ping();
  await expect(call).rejects.toMatchObject(RETRYABLE);
  await expect(call).rejects.toThrow(/127\.0\.0\.1:1/);
  await expect(call).rejects.not.toThrow(/secret/);
}

export const failureTests: readonly ConformanceTest<FailureContext>[] = [
  {
    name: "server > killed in the middle of bulk writes: nothing acknowledged is lost, nothing is half there",
    run: killedUnderLoad,
  },
  { name: "server > calls made while it restarts wait for it", run: restarting },
  { name: "server > nobody listens: an error to retry that names the place and no password", run: nobodyListens },
];
