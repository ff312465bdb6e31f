import { InvalidArgumentError } from "@furze/core";

/** @throws {InvalidArgumentError} */
export function checkTablePrefix(prefix: string): string {
  if (!/^\w{0,64}$/.test(prefix)) {
    throw new InvalidArgumentError(
      "tablePrefix",
      `tablePrefix may have up to 64 letters, digits and "_", got ${JSON.stringify(prefix)}`,
    );
  }
  return prefix;
}

export function checkLimit(limit: number): void {
  if (!Number.isSafeInteger(limit) || limit < 0) {
    throw new InvalidArgumentError("limit", `limit must be a whole number >= 0, got ${limit}`);
  }
}

export function checkBatchSize(batchSize: number): void {
  if (!Number.isSafeInteger(batchSize) || batchSize < 1) {
    throw new InvalidArgumentError("batchSize", `batchSize must be a whole number > 0, got ${batchSize}`);
  }
}
