import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LogFields, Logger } from "@furze/core";
import { ManualClock } from "@furze/core";
import { ItemEditor } from "@furze/recommend";
import type { DataStore } from "@furze/storage";
import { openSqliteCacheStore, openSqliteDataStore } from "@furze/storage-sql";
import { createRestApi, type RestApiDependencies, type RestApiOptions } from "../src/index.ts";
import { readDocumentedStatuses } from "./documented-statuses.ts";
import { InMemoryRecommender } from "./in-memory-recommender.ts";

export interface LogLine {
  readonly level: string;
  readonly message: string;
  readonly fields: LogFields | undefined;
}

/** A logger that keeps its lines. */
export function recordingLogger(lines: LogLine[]): Logger {
  const at =
    (level: string) =>
    (message: string, fields?: LogFields): void => {
      lines.push({ level, message, fields });
    };
  const logger: Logger = { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error"), child: () => logger };
  return logger;
}

export const NOW_MS: number = Date.UTC(2026, 10, 24, 12);

export interface TestApi extends AsyncDisposable {
  readonly dataStore: DataStore;
  readonly recommender: InMemoryRecommender;
  readonly clock: ManualClock;
  readonly lines: LogLine[];
  readonly dependencies: RestApiDependencies;
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
}

export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
}

/** The API on real SQLite stores in a folder of their own; the clock stands still. A status that the API's document does not tell fails the test. */
export async function startTestApi(options: RestApiOptions = {}, more: Partial<RestApiDependencies> = {}): Promise<TestApi> {
  const clock = new ManualClock(NOW_MS);
  const folder = await mkdtemp(join(tmpdir(), "furze-rest-api-"));
  const dataStore = await openSqliteDataStore({ path: join(folder, "data.db") });
  const cacheStore = await openSqliteCacheStore({ path: join(folder, "cache.db"), clock });
  await dataStore.migrate();
  await cacheStore.migrate();
  const recommender = new InMemoryRecommender();
  const lines: LogLine[] = [];
  const itemEditor = new ItemEditor({ dataStore, cacheStore, clock, listTtlMs: 3_600_000 });
  const logger = recordingLogger(lines);
  const dependencies = { dataStore, cacheStore, recommender, itemEditor, options, clock, logger, ...more };
  const app = createRestApi(dependencies);
  const checkStatus = await readDocumentedStatuses(dependencies);
  return {
    dataStore,
    recommender,
    clock,
    lines,
    dependencies,
    call: async (method, path, body, headers = {}) => {
      const text = typeof body === "string" || body === undefined ? body : JSON.stringify(body);
      const sent = new Headers(headers);
      if (text !== undefined && !sent.has("content-type")) sent.set("content-type", "application/json");
      const init = { method, headers: sent, ...(text === undefined ? {} : { body: text }) };
      const response = await app.request(path, init);
      checkStatus(method, path, response.status);
      return { status: response.status, text: await response.text(), headers: response.headers };
    },
    [Symbol.asyncDispose]: async () => {
      await dataStore.close();
      await cacheStore.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
