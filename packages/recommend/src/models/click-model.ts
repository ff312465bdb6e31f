import { FmRanker } from "@furze/factorization-machine";
import { decodeModelFile } from "@furze/model-file";
import { modelIdOf } from "./model-id.ts";
import type { ModelKind } from "./model-kind.ts";

/** A model of clicks: how likely a user is to like an item, from the ids and labels of both. */
export interface ClickModel {
  readonly modelId: string;
  readonly ranker: FmRanker;
}

/** Packs a model with its id as one checksummed file. */
export function encodeClickModel({ modelId, ranker }: ClickModel): Uint8Array<ArrayBuffer> {
  return ranker.toModelFile({ extra: { modelId } });
}

/**
 * Opens a file of `encodeClickModel`; the model lives in kernel memory until it is disposed.
 *
 * @throws {InvalidModelFileError} if it is damaged or another file
 */
export function decodeClickModel(bytes: Uint8Array): ClickModel {
  const file = decodeModelFile(bytes);
  return { modelId: modelIdOf(file), ranker: FmRanker.fromModelFile(file) };
}

export const clickKind: ModelKind<ClickModel> = {
  name: "click",
  decode: decodeClickModel,
  dispose: ({ ranker }) => ranker.dispose(),
};
