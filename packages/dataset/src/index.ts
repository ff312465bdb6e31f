export { IdDictionary, type IdDictionaryArrays, type IdDictionaryOptions } from "./id-dictionary.ts";
export { SeededRandom } from "./seeded-random.ts";
export {
  type FractionOptions,
  type LeaveOneOutOptions,
  leaveOneOutSplit,
  randomSplit,
  type Split,
  userSplit,
} from "./split.ts";
export { type UserItemCsr, UserItemMatrix, type UserItemRows, type UserItemTriples } from "./user-item-matrix.ts";
