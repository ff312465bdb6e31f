import { z } from "@hono/zod-openapi";
import { type Endpoint, endpoint } from "../endpoint.ts";
import { describeApi } from "../openapi.ts";
import type { StatusContext } from "../options.ts";

/** Version of the API that the document describes: that of the released Gorse whose text it speaks. */
const API_VERSION = "0.5.11";

/** The OpenAPI document of `endpoints`; it is made when it is first asked for. */
export function documentEndpoint(endpoints: readonly Endpoint[]): Endpoint {
  let document: string | undefined;
  return endpoint({ method: "get", path: "/apidocs.json", tag: "system", summary: "This document", answer: z.any() }, () => {
    document ??= describeApi(endpoints, API_VERSION);
    return document;
  });
}

/** Metrics for Prometheus, where there are any; they need the key. */
export function metricsEndpoints({ metrics }: StatusContext): Endpoint[] {
  if (metrics === undefined) return [];
  return [
    endpoint(
      { method: "get", path: "/metrics", tag: "system", summary: "Metrics for Prometheus", answer: z.string() },
      async () => ({ body: await metrics.metricsText(), contentType: metrics.contentType }),
    ),
  ];
}
