export { type FindNeighborsOptions, findNeighbors } from "./find-neighbors.ts";
export type { Similarity, SparseNeighborOptions } from "./neighbor-options.ts";
export type { NeighborIndex, NeighborSearchOptions, NeighborTable } from "./neighbor-table.ts";
export { SparseNeighborIndex } from "./sparse-neighbor-index.ts";
export { itemRows, type SparseRows, tagRows, userRows } from "./sparse-rows.ts";
