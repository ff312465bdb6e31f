import { z } from "@hono/zod-openapi";
import { type Endpoint, endpoint } from "../endpoint.ts";
import { describeApi } from "../openapi.ts";
import type { StatusContext } from "../options.ts";

/** Version of the API that the document describes: that of the released Gorse whose text it speaks. */
const API_VERSION = "0.5.11";

/** The OpenAPI document of `endpoints`; it is made when it is first asked for. */
export function documentEndpoint(endpoints: readonly Endpoint[], { options }: StatusContext): Endpoint {
  let document: string | undefined;
  return endpoint(
    {
      method: "get",
      path: "/apidocs.json",
      tag: "system",
      name: "apiDocument",
      summary: "This document",
      answer: z.record(z.string(), z.unknown()),
    },
    () => {
      document ??= describeApi(endpoints, { version: API_VERSION, maxLimit: options.maxLimit });
      return document;
    },
  );
}

/** Metrics for Prometheus, where there are any; they need the key. */
export function metricsEndpoints({ metrics }: StatusContext): Endpoint[] {
  if (metrics === undefined) return [];
  return [
    endpoint(
      {
        method: "get",
        path: "/metrics",
        tag: "system",
        name: "metricsText",
        summary: "Metrics for Prometheus",
        answer: z.string(),
        answerType: "text/plain",
      },
      async () => ({ body: await metrics.metricsText(), contentType: metrics.contentType }),
    ),
  ];
}
