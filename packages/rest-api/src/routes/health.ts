import type { JsonValue } from "@furze/core";
import { type Endpoint, endpoint, type ReplyOptions } from "../endpoint.ts";
import type { StatusContext } from "../options.ts";
import type { Readiness } from "../ports.ts";
import { healthAnswer } from "../response-schemas.ts";

const facts = { method: "get", access: "open", tag: "health", answer: healthAnswer } as const;

/** Probes; they need no key, so they tell no more than whether the stores answer. */
export function healthEndpoints(context: StatusContext): Endpoint[] {
  const readiness = context.readiness ?? (() => pingStores(context));
  return [
    endpoint({ ...facts, path: "/api/health/live", name: "live", summary: "Whether the process runs" }, () =>
      writeHealth({ dataStoreError: undefined, cacheStoreError: undefined }, 1),
    ),
    endpoint(
      { ...facts, path: "/api/health/ready", name: "ready", failures: [503], summary: "Whether the stores answer" },
      async (): Promise<ReplyOptions> => {
        const state = await readiness();
        const isReady = state.dataStoreError === undefined && state.cacheStoreError === undefined;
        if (isReady) return { body: writeHealth(state, 1) };
        return { status: 503, contentType: "text/plain; charset=utf-8", body: writeHealth(state, 0) };
      },
    ),
  ];
}

async function pingStores({ dataStore, cacheStore, logger }: StatusContext): Promise<Readiness> {
  const probe = async (name: string, store: { ping(): Promise<void> }): Promise<string | undefined> => {
    try {
      await store.ping();
      return undefined;
    } catch (error) {
      logger.warn("store does not answer", { store: name, error });
      return `the ${name} does not answer`;
    }
  };
  const [dataStoreError, cacheStoreError] = await Promise.all([
    probe("data store", dataStore),
    probe("cache store", cacheStore),
  ]);
  return { dataStoreError, cacheStoreError };
}

function writeHealth({ dataStoreError, cacheStoreError }: Readiness, indent: number): string {
  const status: Record<string, JsonValue> = {
    Ready: dataStoreError === undefined && cacheStoreError === undefined,
    DataStoreError: dataStoreError ?? null,
    CacheStoreError: cacheStoreError ?? null,
    DataStoreConnected: dataStoreError === undefined,
    CacheStoreConnected: cacheStoreError === undefined,
  };
  return JSON.stringify(status, null, indent);
}
