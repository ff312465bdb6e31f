import { type Clock, InvalidArgumentError } from "@furze/core";
import type { DataStore } from "@furze/storage";
import { RowQuota } from "./row-quota.ts";

/** How much callers may store; 0, the default everywhere, is no bound. What exceeds one is answered with 429. */
export interface QuotaOptions {
  readonly maxUsers?: number | undefined;
  readonly maxItems?: number | undefined;
  /** Compact JSON of the labels of one user or item, in bytes. */
  readonly maxLabelsBytes?: number | undefined;
  /** Comment of one user or item, in bytes of UTF-8. */
  readonly maxCommentBytes?: number | undefined;
  /** Categories of one item. */
  readonly maxCategories?: number | undefined;
  /** Name of one category, in bytes of UTF-8. */
  readonly maxCategoryBytes?: number | undefined;
}

/** `QuotaOptions` with the defaults filled in. */
export type QuotaLimits = { readonly [Name in keyof QuotaOptions]-?: number };

export interface Quotas {
  readonly users: RowQuota;
  readonly items: RowQuota;
  readonly limits: QuotaLimits;
}

/** @throws {InvalidArgumentError} for a bound that is no whole number of at least 0 */
export function createQuotas(given: QuotaOptions, dataStore: DataStore, clock: Clock): Quotas {
  const limits: QuotaLimits = {
    maxUsers: given.maxUsers ?? 0,
    maxItems: given.maxItems ?? 0,
    maxLabelsBytes: given.maxLabelsBytes ?? 0,
    maxCommentBytes: given.maxCommentBytes ?? 0,
    maxCategories: given.maxCategories ?? 0,
    maxCategoryBytes: given.maxCategoryBytes ?? 0,
  };
  for (const [name, value] of Object.entries(limits)) {
    if (Number.isInteger(value) && value >= 0) continue;
    throw new InvalidArgumentError(`options.quota.${name}`, `${name} must be a whole number of at least 0, got ${value}`);
  }
  return {
    users: new RowQuota({ kind: "users", max: limits.maxUsers, rows: dataStore.users, clock }),
    items: new RowQuota({ kind: "items", max: limits.maxItems, rows: dataStore.items, clock }),
    limits,
  };
}
