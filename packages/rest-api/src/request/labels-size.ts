import type { JsonValue } from "@furze/core";
import { HttpError } from "../http-error.ts";
import { labelsSizeBytes } from "../wire/labels.ts";

/** @param maxBytes 0 = no bound @throws {HttpError} 429, the status that Gorse gives when a quota is exceeded */
export function checkLabelsSize(labels: JsonValue, maxBytes: number): void {
  if (maxBytes === 0) return;
  const sizeBytes = labelsSizeBytes(labels);
  if (sizeBytes > maxBytes) throw new HttpError(429, `labels size exceeds limit (${sizeBytes} > ${maxBytes})`);
}
