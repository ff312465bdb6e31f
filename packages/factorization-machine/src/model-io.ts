import {
  decodeModelFile,
  encodeModelFile,
  finiteFloats,
  HeaderReader,
  InvalidModelFileError,
  type ModelFile,
  type ModelFileExtras,
} from "@furze/model-file";
import { MAX_DIMENSION } from "./embeddings.ts";
import type { EncodedSpace } from "./feature-space-io.ts";
import type { ModelParts } from "./model.ts";
import { ParameterTable, weightRows } from "./parameter-table.ts";

const KIND = "fm";

/** Packs a model; rows are stored without padding, so that files do not depend on the kernels' layout. */
export function encodeModel(parts: ModelParts, extras: ModelFileExtras, space?: EncodedSpace): Uint8Array<ArrayBuffer> {
  const { table } = parts;
  const { numFeatures, numFactors, numRows, factorStride, stride } = table;
  const factors = new Float32Array(numRows * numFactors);
  const weights = new Float32Array(numFeatures);
  for (let row = 0, from = 0; row < numRows; row++, from += stride) {
    factors.set(table.rows.view.subarray(from, from + numFactors), row * numFactors);
    if (row < numFeatures) weights[row] = table.rows.view[from + factorStride] ?? 0;
  }
  const header = {
    parameters: { ...parts.parameters },
    numFeatures,
    numFactors,
    dimensions: [...table.dimensions],
    bestEpoch: parts.bestEpoch,
    score: parts.score ?? null,
    logLoss: parts.logLoss ?? null,
    trainingMs: parts.trainingMs,
    features: space?.header ?? null,
    extra: extras.extra ?? null,
  };
  const arrays = { bias: table.bias.view, weights, factors, ...space?.arrays, ...extras.arrays };
  return encodeModelFile({ kind: KIND, header, arrays });
}

/** Checks the bytes and the kind of a file. @throws {InvalidModelFileError} if it is no model of this package */
export function openModelFile(source: Uint8Array | ModelFile): ModelFile {
  const file = source instanceof Uint8Array ? decodeModelFile(source) : source;
  if (file.kind !== KIND) throw new InvalidModelFileError("kind", `expected a model of kind "${KIND}", found "${file.kind}"`);
  return file;
}

/** Opens a model file. @throws {InvalidModelFileError} if it is no model of this package */
export function decodeModel(source: Uint8Array | ModelFile): ModelParts {
  const file = openModelFile(source);
  const header = new HeaderReader(file.header);
  const numFeatures = header.count("numFeatures");
  const numFactors = header.count("numFactors");
  const bias = finiteFloats(file, "bias", 1);
  const weights = finiteFloats(file, "weights", numFeatures);
  const dimensions = header.counts("dimensions", MAX_DIMENSION);
  // Checked before there is a table, which would have to be disposed.
  const numRows = dimensions.reduce((sum, dimension) => sum + weightRows(dimension), numFeatures);
  const factors = finiteFloats(file, "factors", numRows * numFactors);
  const table = new ParameterTable({ numFeatures, numFactors, dimensions });
  for (let row = 0, to = 0; row < numRows; row++, to += table.stride) {
    table.rows.view.set(factors.subarray(row * numFactors, (row + 1) * numFactors), to);
    if (row < numFeatures) table.rows.view[to + table.factorStride] = weights[row] ?? 0;
  }
  table.bias.view.set(bias);
  return {
    table,
    parameters: header.parameters(),
    bestEpoch: header.count("bestEpoch"),
    score: header.optionalNumber("score"),
    logLoss: header.optionalNumber("logLoss"),
    trainingMs: header.optionalNumber("trainingMs") ?? 0,
  };
}
