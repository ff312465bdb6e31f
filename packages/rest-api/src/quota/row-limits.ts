import type { ItemPatch, UserPatch } from "@furze/core";
import { HttpError } from "../http-error.ts";
import { labelsSizeBytes } from "../wire/labels.ts";
import type { QuotaLimits } from "./quotas.ts";

/**
 * Checks the parts of a user or item that a request brings.
 *
 * @throws {HttpError} 429, the status that Gorse gives when a quota is exceeded
 */
export function checkRowLimits(row: UserPatch & ItemPatch, limits: QuotaLimits): void {
  if (row.labels != null && limits.maxLabelsBytes > 0) check("labels size", labelsSizeBytes(row.labels), limits.maxLabelsBytes);
  if (row.comment !== undefined) check("comment size", Buffer.byteLength(row.comment), limits.maxCommentBytes);
  if (row.categories !== undefined) checkCategories(row.categories, limits);
}

/** As `checkRowLimits`, for all categories that an item shall have. */
export function checkCategories(categories: readonly string[], limits: QuotaLimits): void {
  check("categories count", categories.length, limits.maxCategories);
  for (const category of categories) check("category size", Buffer.byteLength(category), limits.maxCategoryBytes);
}

function check(what: string, value: number, limit: number): void {
  if (limit > 0 && value > limit) throw new HttpError(429, `${what} exceeds limit (${value} > ${limit})`);
}
