export type { Dataset, DatasetCounts, SkippedRows } from "./dataset.ts";
export { DatasetBuilder, type DatasetOptions } from "./dataset-builder.ts";
export { FeatureTable, FeatureTableBuilder, type FeatureTableParts } from "./feature-table.ts";
export { IdDictionary, type IdDictionaryArrays, type IdDictionaryOptions } from "./id-dictionary.ts";
export { forEachLabelFeature } from "./label-features.ts";
export { type Batches, type LoadDatasetOptions, loadDataset } from "./load-dataset.ts";
export { SeededRandom } from "./seeded-random.ts";
export {
  type FractionOptions,
  type LatestOptions,
  type LeaveOneOutOptions,
  latestSplit,
  leaveOneOutSplit,
  randomSplit,
  type Split,
  userSplit,
} from "./split.ts";
export { type UserItemCsr, UserItemMatrix, type UserItemRows, type UserItemTriples } from "./user-item-matrix.ts";
export { type VectorTable, VectorTableBuilder } from "./vector-table.ts";
