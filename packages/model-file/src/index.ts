export type { ArrayType, ModelArray } from "./array-types.ts";
export { InvalidModelFileError, type ModelFileCheck } from "./errors.ts";
export {
  type DecodeModelFileOptions,
  decodeModelFile,
  encodeModelFile,
  type ModelFile,
  type ModelFileExtras,
} from "./model-file.ts";
export { finiteFloats, HeaderReader } from "./read-model.ts";
export { type PackedStrings, packStrings, unpackStrings } from "./strings.ts";
