import { IdDictionary } from "@furze/dataset";
import { MatrixFactorizationModel } from "@furze/matrix-factorization";
import { decodeModelFile, InvalidModelFileError, type ModelFile } from "@furze/model-file";
import { modelIdOf } from "./model-id.ts";
import type { ModelKind } from "./model-kind.ts";

/** A factor model with the ids of its rows, and perhaps others of the same rows beside it. */
export interface CollaborativeModel {
  readonly modelId: string;
  readonly userIds: IdDictionary;
  readonly itemIds: IdDictionary;
  readonly factors: MatrixFactorizationModel;
  /** The other factor models by the name of their recommender. Default: none. */
  readonly ensemble?: ReadonlyMap<string, MatrixFactorizationModel> | undefined;
}

/** Before the name of an array that holds the file of a factor model of the ensemble. */
const MEMBER = "ensemble/";

/** Packs a model with its ids as one checksummed file. */
export function encodeCollaborativeModel(model: CollaborativeModel): Uint8Array<ArrayBuffer> {
  const users = model.userIds.toArrays();
  const items = model.itemIds.toArrays();
  const ensemble = Array.from(model.ensemble ?? [], ([name, member]) => [`${MEMBER}${name}`, member.toModelFile()] as const);
  return model.factors.toModelFile({
    extra: { modelId: model.modelId },
    arrays: {
      userIdBytes: users.bytes,
      userIdOffsets: users.offsets,
      userFrequencies: users.frequencies,
      itemIdBytes: items.bytes,
      itemIdOffsets: items.offsets,
      itemFrequencies: items.frequencies,
      ...Object.fromEntries(ensemble),
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
  const opened: MatrixFactorizationModel[] = [];
  const open = (source: ModelFile | Uint8Array): MatrixFactorizationModel => {
    const factors = MatrixFactorizationModel.fromModelFile(source);
    opened.push(factors);
    if (factors.numUsers === userIds.size && factors.numItems === itemIds.size) return factors;
    throw new InvalidModelFileError("array", "the ids are not as many as the factors");
  };
  try {
    const factors = open(file);
    const ensemble = new Map(memberFiles(file).map(([name, bytesOfMember]) => [name, open(bytesOfMember)]));
    return { modelId, userIds, itemIds, factors, ensemble };
  } catch (error) {
    for (const factors of opened) factors.dispose();
    throw error;
  }
}

/** Gives the kernel memory of all factors back. */
function disposeCollaborativeModel({ factors, ensemble }: CollaborativeModel): void {
  factors.dispose();
  for (const member of ensemble?.values() ?? []) member.dispose();
}

export const collaborativeKind: ModelKind<CollaborativeModel> = {
  name: "collaborative",
  decode: decodeCollaborativeModel,
  dispose: disposeCollaborativeModel,
};

function memberFiles({ arrays }: ModelFile): [string, Uint8Array][] {
  return Object.entries(arrays).flatMap(([name, array]): [string, Uint8Array][] =>
    name.startsWith(MEMBER) && array instanceof Uint8Array ? [[name.slice(MEMBER.length), array]] : [],
  );
}

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
