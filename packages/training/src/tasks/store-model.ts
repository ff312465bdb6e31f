import { createHash } from "node:crypto";
import type { CallOptions } from "@furze/core";
import type { BlobStore } from "@furze/storage";
import type { ModelKindName } from "../training-options.ts";
import type { StoredModel } from "../training-state.ts";

export interface StoreModelOptions extends CallOptions {
  readonly kind: ModelKindName;
  readonly modelId: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly score: number | undefined;
  readonly fittedMs: number;
  readonly madeFrom: string;
  readonly blobStore: BlobStore;
  /** Models of the last cycle; they stay in the blob store until the next fit, since workers may be fetching them. */
  readonly inUse: readonly StoredModel[];
}

/** Puts a model file into the blob store and removes the older ones of its kind. */
export async function storeModel(options: StoreModelOptions): Promise<StoredModel> {
  const { kind, modelId, bytes, score, fittedMs, madeFrom, blobStore, inUse, signal } = options;
  const blobName = `${kind}-${modelId}.model`;
  await blobStore.put(blobName, bytes, { signal });
  const kept = new Set([blobName, ...inUse.map((model) => model.blobName)]);
  for (const blob of await blobStore.list({ signal })) {
    if (blob.name.startsWith(`${kind}-`) && !kept.has(blob.name)) await blobStore.delete(blob.name, { signal });
  }
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  return { kind, modelId, blobName, sizeBytes: bytes.length, sha256, score, fittedMs, madeFrom };
}
