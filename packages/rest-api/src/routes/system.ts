import { z } from "@hono/zod-openapi";
import { type Endpoint, endpoint } from "../endpoint.ts";
import { describeApi } from "../openapi.ts";
import type { ApiContext } from "../options.ts";

/** Version of the API that the document describes: that of the released Gorse whose text it speaks. */
const API_VERSION = "0.5.11";

/** The OpenAPI document of `endpoints`, and metrics where there are any; both need the key. */
export function systemEndpoints({ metrics }: ApiContext, endpoints: readonly Endpoint[]): Endpoint[] {
  let document: string | undefined;
  const system = [
    endpoint({ method: "get", path: "/apidocs.json", tag: "system", summary: "This document", answer: z.any() }, () => {
      document ??= describeApi(endpoints, API_VERSION);
      return document;
    }),
  ];
  if (metrics !== undefined) {
    const facts = {
      method: "get",
      path: "/metrics",
      tag: "system",
      summary: "Metrics for Prometheus",
      answer: z.string(),
    } as const;
    system.push(endpoint(facts, async () => ({ body: await metrics.metricsText(), contentType: metrics.contentType })));
  }
  return system;
}
