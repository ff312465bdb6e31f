import { IdDictionary } from "@furze/dataset";
import { MatrixFactorizationModel } from "@furze/matrix-factorization";
import { decodeModelFile, InvalidModelFileError, type ModelFile } from "@furze/model-file";
import { modelIdOf } from "./model-id.ts";
import type { ModelKind } from "./model-kind.ts";

/** A factor model with the ids of its rows. */
export interface CollaborativeModel {
  readonly modelId: string;
  readonly userIds: IdDictionary;
  readonly itemIds: IdDictionary;
  readonly factors: MatrixFactorizationModel;
}

/** Packs a model with its ids as one checksummed file. */
export function encodeCollaborativeModel(model: CollaborativeModel): Uint8Array<ArrayBuffer> {
  const users = model.userIds.toArrays();
  const items = model.itemIds.toArrays();
  return model.factors.toModelFile({
    extra: { modelId: model.modelId },
    arrays: {
      userIdBytes: users.bytes,
      userIdOffsets: users.offsets,
      userFrequencies: users.frequencies,
      itemIdBytes: items.bytes,
      itemIdOffsets: items.offsets,
      itemFrequencies: items.frequencies,
    },
  });
}

/**
 * Opens a file of `encodeCollaborativeModel`; its factors live in kernel memory until they are disposed.
 *
 * @throws {InvalidModelFileError} if it is damaged or another file
 */
export function decodeCollaborativeModel(bytes: Uint8Array): CollaborativeModel {
  const file = decodeModelFile(bytes);
  const modelId = modelIdOf(file);
  const userIds = idsOf(file, "user");
  const itemIds = idsOf(file, "item");
  const factors = MatrixFactorizationModel.fromModelFile(file);
  if (factors.numUsers !== userIds.size || factors.numItems !== itemIds.size) {
    factors.dispose();
    throw new InvalidModelFileError("array", "the ids are not as many as the factors");
  }
  return { modelId, userIds, itemIds, factors };
}

export const collaborativeKind: ModelKind<CollaborativeModel> = {
  name: "collaborative",
  decode: decodeCollaborativeModel,
  dispose: ({ factors }) => factors.dispose(),
};

function idsOf({ arrays }: ModelFile, kind: "user" | "item"): IdDictionary {
  const bytes = arrays[`${kind}IdBytes`];
  const offsets = arrays[`${kind}IdOffsets`];
  const frequencies = arrays[`${kind}Frequencies`];
  if (!(bytes instanceof Uint8Array) || !(offsets instanceof Uint32Array) || !(frequencies instanceof Uint32Array)) {
    throw new InvalidModelFileError("array", `the file has no ${kind} ids`);
  }
  try {
    return IdDictionary.fromArrays({ bytes, offsets, frequencies });
  } catch (cause) {
    throw new InvalidModelFileError("array", `the ${kind} ids do not fit together`, { cause });
  }
}
