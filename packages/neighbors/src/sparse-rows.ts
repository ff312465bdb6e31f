import type { FeatureTable, UserItemMatrix } from "@furze/dataset";

/** Rows with sets of features, between which neighbors are sought: row `r` holds `indices[offsets[r] .. offsets[r + 1])`. */
export interface SparseRows {
  /** Length numRows + 1. */
  readonly offsets: Int32Array;
  /** Ascending within a row. */
  readonly indices: Int32Array;
  /** Number of different features; indices stay below it. */
  readonly numFeatures: number;
}

/** Rows are the items or users of the table, features their tags. */
export function tagRows(table: FeatureTable): SparseRows {
  return { offsets: table.offsets, indices: table.indices, numFeatures: table.numFeatures };
}

/** Rows are items, features the users who have them: "items liked by the same users". */
export function itemRows(matrix: UserItemMatrix): SparseRows {
  return { offsets: matrix.itemOffsets, indices: matrix.userIndices, numFeatures: matrix.numUsers };
}

/** Rows are users, features the items they have: "users who like the same items". */
export function userRows(matrix: UserItemMatrix): SparseRows {
  return { offsets: matrix.userOffsets, indices: matrix.itemIndices, numFeatures: matrix.numItems };
}
