export { IdDictionary, type IdDictionaryArrays, type IdDictionaryOptions } from "./id-dictionary.ts";
export { type UserItemCsr, UserItemMatrix, type UserItemRows, type UserItemTriples } from "./user-item-matrix.ts";
