import { InvalidArgumentError } from "@furze/core";
import type { DenseSearchOptions } from "./dense-index.ts";
import type { DenseNeighborOptions } from "./dense-rows.ts";
import type { NeighborSearchOptions } from "./neighbor-table.ts";

export interface HnswOptions extends DenseNeighborOptions, NeighborSearchOptions {
  /** Links of a row in each layer (twice as many in the lowest), 2 to 256. More find more and cost memory. Default 16. */
  readonly m?: number | undefined;
  /** Rows that are considered for the links of a new one, at least 1. More find more and build slower. Default 100. */
  readonly efConstruction?: number | undefined;
  /** Rows that a search follows at the same time, at least 1; see `HnswSearchOptions.ef`. Default 100. */
  readonly ef?: number | undefined;
  /** Of the levels of the rows. Default 0. */
  readonly seed?: number | undefined;
  /** Threads that build. With 1 the same seed gives the same graph. Default: all of the pool. */
  readonly threads?: number | undefined;
}

export interface HnswSearchOptions extends DenseSearchOptions {
  /** Rows that the search follows at the same time; raised to `limit` and for rows not allowed. More find more and take longer. */
  readonly ef?: number | undefined;
}

export interface HnswParameters {
  readonly m: number;
  readonly efConstruction: number;
  readonly ef: number;
  readonly seed: number;
}

/** @throws {InvalidArgumentError} naming the option that is out of range */
export function hnswParameters({ m = 16, efConstruction = 100, ef = 100, seed = 0 }: HnswOptions): HnswParameters {
  checkInteger("m", m, 2, 256);
  checkInteger("efConstruction", efConstruction, 1, 100_000);
  checkInteger("ef", ef, 1, 100_000);
  return { m, efConstruction, ef, seed };
}

export function checkInteger(name: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new InvalidArgumentError(name, `${name} must be an integer from ${least} to ${most}, got ${value}`);
}
