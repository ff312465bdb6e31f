import type { JsonValue } from "@furze/core";
import { FurzeError } from "@furze/core";
import { IdDictionary } from "@furze/dataset";
import { InvalidModelFileError, type ModelArray, type ModelFile } from "@furze/model-file";
import type { EmbeddingKind } from "./embeddings.ts";
import { checkRows, type FeatureRows } from "./feature-rows.ts";
import { FeatureSide } from "./feature-side.ts";
import { FeatureSpace } from "./feature-space.ts";
import type { NumberScale } from "./number-scale.ts";

type Arrays = Record<string, ModelArray>;

/** What a file holds of a feature space: a part of the header, and arrays. */
export interface EncodedSpace {
  readonly header: JsonValue;
  readonly arrays: Arrays;
}

export function encodeSpace({ parts }: FeatureSpace): EncodedSpace {
  const arrays: Arrays = {};
  encodeSide(arrays, "user", parts.users, parts.userRows);
  encodeSide(arrays, "item", parts.items, parts.itemRows);
  const plain = (numbers: readonly NumberScale[]): JsonValue => numbers.map((scale) => ({ ...scale }));
  const embeddings = parts.embeddings.map(({ name, dimension }) => ({ name, dimension }));
  return { header: { userNumbers: plain(parts.users.numbers), itemNumbers: plain(parts.items.numbers), embeddings }, arrays };
}

/** @throws {InvalidModelFileError} if the file has no feature space, or its parts do not fit together */
export function decodeSpace(file: ModelFile): FeatureSpace {
  const header: unknown = file.header;
  const features: unknown = isObject(header) ? header.features : undefined;
  if (!isObject(features)) throw new InvalidModelFileError("header", "the file has a model without a feature space");
  const user = decodeSide(file, "user", features.userNumbers);
  const item = decodeSide(file, "item", features.itemNumbers);
  const embeddings: unknown = features.embeddings;
  if (!Array.isArray(embeddings) || !embeddings.every(isEmbedding))
    throw new InvalidModelFileError("header", '"embeddings" is no list of names and dimensions');
  return new FeatureSpace({
    users: user.side,
    items: item.side,
    userRows: user.rows,
    itemRows: item.rows,
    embeddings,
  });
}

function encodeSide(arrays: Arrays, prefix: string, side: FeatureSide, rows: FeatureRows): void {
  for (const [name, dictionary] of [
    [`${prefix}Ids`, side.ids],
    [`${prefix}Tags`, side.tags],
  ] as const) {
    const { bytes, offsets, frequencies } = dictionary.toArrays();
    Object.assign(arrays, { [name]: bytes, [`${name}Offsets`]: offsets, [`${name}Frequencies`]: frequencies });
  }
  arrays[`${prefix}RowOffsets`] = rows.offsets;
  arrays[`${prefix}RowFeatures`] = rows.indices;
  if (rows.values !== undefined) arrays[`${prefix}RowValues`] = rows.values;
}

function decodeSide(file: ModelFile, prefix: string, scales: unknown): { side: FeatureSide; rows: FeatureRows } {
  if (!Array.isArray(scales) || !scales.every(isScale))
    throw new InvalidModelFileError("header", `"${prefix}Numbers" is no list of scales`);
  try {
    const side = new FeatureSide({
      ids: dictionaryOf(file, `${prefix}Ids`),
      tags: dictionaryOf(file, `${prefix}Tags`),
      numbers: scales,
    });
    const values = file.arrays[`${prefix}RowValues`];
    const rows = {
      numFeatures: side.numFeatures,
      offsets: arrayOf(file, `${prefix}RowOffsets`, Int32Array).slice(),
      indices: arrayOf(file, `${prefix}RowFeatures`, Int32Array).slice(),
      values: values === undefined ? undefined : arrayOf(file, `${prefix}RowValues`, Float32Array).slice(),
    };
    checkRows(rows);
    if (rows.offsets.length !== side.ids.size + 1)
      throw new InvalidModelFileError("array", `"${prefix}RowOffsets" must have ${side.ids.size + 1} elements`);
    return { side, rows };
  } catch (error) {
    if (error instanceof InvalidModelFileError || !FurzeError.is(error)) throw error;
    throw new InvalidModelFileError("array", `the features of "${prefix}" do not fit together: ${error.message}`, {
      cause: error,
    });
  }
}

function dictionaryOf(file: ModelFile, name: string): IdDictionary {
  return IdDictionary.fromArrays({
    bytes: arrayOf(file, name, Uint8Array),
    offsets: arrayOf(file, `${name}Offsets`, Uint32Array),
    frequencies: arrayOf(file, `${name}Frequencies`, Uint32Array),
  });
}

function arrayOf<T extends ModelArray>(file: ModelFile, name: string, type: new (length: number) => T): T {
  const array = file.arrays[name];
  if (!(array instanceof type)) throw new InvalidModelFileError("array", `"${name}" is missing or of another type`);
  return array;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

function isScale(value: unknown): value is NumberScale {
  if (!isObject(value)) return false;
  const { name, isLog, low, high } = value;
  return typeof name === "string" && typeof isLog === "boolean" && Number.isFinite(low) && Number.isFinite(high);
}

function isEmbedding(value: unknown): value is EmbeddingKind {
  return isObject(value) && typeof value.name === "string" && Number.isInteger(value.dimension);
}
