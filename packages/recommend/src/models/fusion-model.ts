import { decodeModelFile, encodeModelFile, InvalidModelFileError } from "@furze/model-file";
import type { FusionWeights } from "../fusion.ts";
import { modelIdOf } from "./model-id.ts";
import type { ModelKind } from "./model-kind.ts";

/** What a search has found about the recommenders: how much each counts. */
export interface FusionModel {
  readonly modelId: string;
  readonly weights: FusionWeights;
}

/** Packs the weights with the model's id as one checksummed file. */
export function encodeFusionModel({ modelId, weights }: FusionModel): Uint8Array<ArrayBuffer> {
  return encodeModelFile({ kind: "fusion", header: { weights: { ...weights }, extra: { modelId } }, arrays: {} });
}

/**
 * Opens a file of `encodeFusionModel`.
 *
 * @throws {InvalidModelFileError} if it is damaged or another file, or a weight is no number >= 0
 */
export function decodeFusionModel(bytes: Uint8Array): FusionModel {
  const file = decodeModelFile(bytes, { kind: "fusion" });
  const { weights } = file.header as { readonly weights?: unknown };
  if (!isWeights(weights)) throw new InvalidModelFileError("header", "the weights of recommenders must be numbers >= 0");
  return { modelId: modelIdOf(file), weights };
}

export const fusionKind: ModelKind<FusionModel> = {
  name: "fusion",
  decode: decodeFusionModel,
  // A few numbers on the heap: there is nothing to give back.
  dispose: () => {},
};

function isWeights(value: unknown): value is FusionWeights {
  return (
    typeof value === "object" &&
    value !== null &&
    Object.values(value).every((weight) => typeof weight === "number" && weight >= 0)
  );
}
