import type { JsonValue } from "@furze/core";

/** Deeper labels are refused: no store and no feature extractor could do anything with them. */
export const MAX_LABELS_DEPTH = 32;

/**
 * What is wrong with the labels of a user or item, in Gorse's words; `undefined` when nothing is.
 * Allowed are null, a string, a number, a list of only strings or only numbers, and an object of allowed values.
 */
export function findLabelsFault(labels: unknown, depth = 0): string | undefined {
  if (labels === null || labels === undefined || typeof labels === "string" || typeof labels === "number") return undefined;
  if (typeof labels !== "object") return `unsupported type in labels: ${typeof labels === "boolean" ? "bool" : typeof labels}`;
  if (depth >= MAX_LABELS_DEPTH) return `unsupported labels: nested deeper than ${MAX_LABELS_DEPTH} levels`;
  if (Array.isArray(labels)) {
    const type = typeof labels[0];
    const isUniform = (type === "string" || type === "number") && labels.every((element) => typeof element === type);
    return isUniform || labels.length === 0 ? undefined : `unsupported labels: ${shortJson(labels)}`;
  }
  for (const value of Object.values(labels)) {
    const fault = findLabelsFault(value, depth + 1);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

/** Bytes of the compact JSON of checked labels. */
export function labelsSizeBytes(labels: JsonValue): number {
  return Buffer.byteLength(JSON.stringify(labels));
}

const LONGEST_ECHO = 200;

function shortJson(list: readonly unknown[]): string {
  // Elements may be nested without bound: only those that cannot recurse are printed whole.
  const shallow = list.slice(0, LONGEST_ECHO).map((element) => {
    if (typeof element !== "object" || element === null) return element;
    return Array.isArray(element) ? [] : {};
  });
  const text = JSON.stringify(list.every((element) => isShallow(element)) ? list.slice(0, LONGEST_ECHO) : shallow);
  return text.length > LONGEST_ECHO ? `${text.slice(0, LONGEST_ECHO)}...` : text;
}

function isShallow(element: unknown): boolean {
  if (typeof element !== "object" || element === null) return true;
  return Object.values(element).every((value) => typeof value !== "object" || value === null);
}
