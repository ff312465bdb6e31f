export type { ArrayType, ModelArray } from "./array-types.ts";
export { InvalidModelFileError, type ModelFileCheck } from "./errors.ts";
export { type DecodeModelFileOptions, decodeModelFile, encodeModelFile, type ModelFile } from "./model-file.ts";
export { type PackedStrings, packStrings, unpackStrings } from "./strings.ts";
