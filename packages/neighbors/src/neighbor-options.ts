import type { KernelPool } from "@furze/kernels";

/**
 * How alike two rows are. With S the sum of the weights ln(1 + rows / frequency) of the common features, c their number,
 * and Sa, Sb the sums over all features of each row:
 * - `"idf-sum"`: S. Rows with many features are near to everything.
 * - `"cosine"`: S / sqrt(Sa * Sb), in (0, 1]; identical rows have 1.
 * - `"shrunk-cosine"`: the cosine times c / (c + shrinkage), so that agreement in one or two features counts little.
 */
export type Similarity = "idf-sum" | "cosine" | "shrunk-cosine";

export interface SparseNeighborOptions {
  /** Default `"shrunk-cosine"`. */
  readonly similarity?: Similarity | undefined;
  /** Common features that halve the shrunk cosine, at least 0. Default 10: the best of 0, 10, 30, 100 and 500 on MovieLens. */
  readonly shrinkage?: number | undefined;
  /** 1 for rows that are never returned (hidden items); they have neighbors all the same. Default: none. */
  readonly isExcluded?: Uint8Array | undefined;
  /**
   * How to search. Both find the same rows with the same scores.
   * - `"lists"`: adds up the inverted lists of a row's features; best for up to some 30,000 rows, and the only way for several sources.
   * - `"scan"`: bounds the similarity of all rows with SIMD look-ups and scores those that may be among the best;
   *   features that many rows hold cost next to nothing.
   * - `"auto"` (default): by the numbers of rows and sources.
   */
  readonly method?: "auto" | "lists" | "scan" | undefined;
  /**
   * Bound on the mean work per row, in additions (about a nanosecond each). Above it the features that the most rows hold are
   * left out, most frequent first, as if no row had them: they say least and cost most (a feature that all n rows hold
   * costs n * n). What method `"scan"` scans is not counted and never left out. Default: 100,000, or more as long as all rows
   * together need at most 2 * 10^10; `Infinity` is always exact.
   */
  readonly maxAccumulationsPerRow?: number | undefined;
  /** Threads to work on. Default: the pool of the process. */
  readonly pool?: KernelPool | undefined;
}
