import type { JsonValue } from "@furze/core";
import {
  decodeModelFile,
  encodeModelFile,
  finiteFloats,
  HeaderReader,
  InvalidModelFileError,
  type ModelArray,
  type ModelFile,
} from "@furze/model-file";
import { Factors } from "./factors.ts";
import type { MatrixFactorizationKind, ModelParts } from "./model.ts";

/** Packs a model; rows are stored without padding, so that files do not depend on the kernels' layout. */
export function encodeModel(
  parts: ModelParts,
  extra: JsonValue,
  arrays: Readonly<Record<string, ModelArray>>,
): Uint8Array<ArrayBuffer> {
  const { factors } = parts;
  const { numUsers, numItems, numFactors, stride } = factors;
  const header = {
    parameters: { ...parts.parameters },
    numUsers,
    numItems,
    numFactors,
    bestEpoch: parts.bestEpoch,
    score: parts.score ?? null,
    trainingMs: parts.trainingMs,
    extra,
  };
  return encodeModelFile({
    kind: parts.kind,
    header,
    arrays: {
      userFactors: unpadded(factors.users.view, stride, numFactors),
      itemFactors: unpadded(factors.items.view, stride, numFactors),
      itemBiases: factors.biases.view,
      trainedUsers: parts.trainedUsers,
      trainedItems: parts.trainedItems,
      ...arrays,
    },
  });
}

/** Opens a model file. @throws {InvalidModelFileError} if it is no model of this package */
export function decodeModel(source: Uint8Array | ModelFile): ModelParts {
  const file = source instanceof Uint8Array ? decodeModelFile(source) : source;
  const { kind } = file;
  if (!isKind(kind)) throw new InvalidModelFileError("kind", `expected a model of kind "als" or "bpr", found "${kind}"`);
  const header = new HeaderReader(file.header);
  const shape = {
    numUsers: header.count("numUsers"),
    numItems: header.count("numItems"),
    numFactors: header.count("numFactors"),
  };
  const { numUsers, numItems, numFactors } = shape;
  const userFactors = finiteFloats(file, "userFactors", numUsers * numFactors);
  const itemFactors = finiteFloats(file, "itemFactors", numItems * numFactors);
  const itemBiases = finiteFloats(file, "itemBiases", numItems);
  const trainedUsers = flags(file, "trainedUsers", numUsers);
  const trainedItems = flags(file, "trainedItems", numItems);
  const factors = new Factors(shape);
  pad(userFactors, numFactors, factors.users.view, factors.stride);
  pad(itemFactors, numFactors, factors.items.view, factors.stride);
  factors.biases.view.set(itemBiases);
  return {
    kind,
    parameters: header.parameters(),
    factors,
    trainedUsers,
    trainedItems,
    bestEpoch: header.count("bestEpoch"),
    score: header.optionalNumber("score"),
    trainingMs: header.optionalNumber("trainingMs") ?? 0,
  };
}

function isKind(kind: string): kind is MatrixFactorizationKind {
  return kind === "als" || kind === "bpr";
}

/** A copy, so that the model does not keep the whole file alive. */
function flags(file: ModelFile, name: string, length: number): Uint8Array {
  const array = file.arrays[name];
  if (!(array instanceof Uint8Array) || array.length !== length)
    throw new InvalidModelFileError("array", `"${name}" must hold ${length} bytes`);
  return array.slice();
}

function unpadded(rows: Float32Array, stride: number, width: number): Float32Array {
  if (stride === width) return rows;
  const result = new Float32Array((rows.length / stride) * width);
  for (let from = 0, to = 0; from < rows.length; from += stride, to += width) result.set(rows.subarray(from, from + width), to);
  return result;
}

function pad(rows: Float32Array, width: number, target: Float32Array, stride: number): void {
  for (let from = 0, to = 0; from < rows.length; from += width, to += stride) target.set(rows.subarray(from, from + width), to);
}
