import type { z } from "@hono/zod-openapi";

/** Describes a schema in the OpenAPI document as the labels of a user or item; `findLabelsFault` is the check. */
export function describeLabels<Schema extends z.ZodType>(schema: Schema): Schema {
  return schema.openapi("Labels", {
    type: ["object", "array", "string", "number", "null"],
    description: "Text, number, list of texts, list of numbers, or an object of these",
    anyOf: [
      { type: ["string", "number", "null"] },
      { type: "array", items: { type: "string" } },
      { type: "array", items: { type: "number" } },
      { type: "object", additionalProperties: { $ref: "#/components/schemas/Labels" } },
    ],
  });
}
