import { createHash, type Hash } from "node:crypto";
import type { Dataset, FeatureTable, IdDictionary, UserItemMatrix } from "@furze/dataset";
import type { LabelValues } from "@furze/factorization-machine";

/**
 * SHA-256, in hex, of all that training reads from a data set: ids, pairs, weights, labels, hidden flags. Data sets with the
 * same content have the same digest, whatever the number of rows says. Cost: O(size of the data set), about 1 GB/s.
 *
 * @param labels numbers and embeddings in the labels, where a model looks at them
 */
export function datasetDigest(dataset: Dataset, labels?: LabelValues): string {
  const hash = createHash("sha256");
  for (const ids of [dataset.userIds, dataset.itemIds]) addIds(hash, ids);
  for (const matrix of [dataset.positive, dataset.negative, dataset.read]) addMatrix(hash, matrix);
  for (const table of [dataset.itemCategories, dataset.itemLabels, dataset.userLabels]) addTable(hash, table);
  for (const vectors of [dataset.itemVectors, dataset.userVectors]) {
    for (const [column, { rows, values }] of vectors) {
      hash.update(`${column.length}:${column}`);
      addArray(hash, rows);
      addArray(hash, values);
    }
  }
  addArray(hash, dataset.isItemHidden);
  addArray(hash, dataset.itemTimestampsMs);
  for (const part of labels?.parts() ?? []) {
    if (typeof part === "string") hash.update(`${part.length}:${part}`);
    else addArray(hash, part);
  }
  return hash.digest("hex");
}

function addMatrix(hash: Hash, matrix: UserItemMatrix): void {
  addArray(hash, matrix.userOffsets);
  addArray(hash, matrix.itemIndices);
  if (matrix.values !== undefined) addArray(hash, matrix.values);
}

function addTable(hash: Hash, table: FeatureTable): void {
  addIds(hash, table.features);
  addArray(hash, table.offsets);
  addArray(hash, table.indices);
}

function addIds(hash: Hash, ids: IdDictionary): void {
  const { bytes, offsets } = ids.toArrays();
  addArray(hash, offsets);
  addArray(hash, bytes);
}

function addArray(hash: Hash, array: ArrayBufferView): void {
  hash.update(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
}
