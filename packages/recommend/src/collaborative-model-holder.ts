import { FurzeError, type Logger, silentLogger } from "@furze/core";
import type { BlobStore } from "@furze/storage";
import { type CollaborativeModel, decodeCollaborativeModel } from "./collaborative-model.ts";

/** Names a model file that can be fetched. */
export interface ModelFileRef {
  readonly modelId: string;
  /** 64 hexadecimal digits. */
  readonly sha256: string;
}

export interface CollaborativeModelHolderOptions {
  /** Folder that keeps the current file, so that a restart needs nobody. Default: nothing is kept. */
  readonly kept?: BlobStore | undefined;
  readonly logger?: Logger | undefined;
}

/** A model in use: `release` it when the work with it is done. */
export interface ModelLease {
  readonly model: CollaborativeModel;
  release(): void;
}

/** The current collaborative model of a process. A newer one takes its place only once it has arrived whole and has been checked. */
export class CollaborativeModelHolder {
  readonly #kept: BlobStore | undefined;
  readonly #logger: Logger;
  #current: CountedModel | undefined;
  #updating: Promise<void> | undefined;

  constructor(options: CollaborativeModelHolderOptions = {}) {
    this.#kept = options.kept;
    this.#logger = options.logger ?? silentLogger;
  }

  /** Id of the current model; `""` when there is none. */
  get modelId(): string {
    return this.#current?.model.modelId ?? "";
  }

  /** Takes the current model into use; `undefined` when there is none. It lives until it is released, even if it is replaced meanwhile. */
  acquire(): ModelLease | undefined {
    const counted = this.#current;
    if (counted === undefined) return undefined;
    counted.users++;
    let isReleased = false;
    const release = () => {
      if (!isReleased) counted.leave();
      isReleased = true;
    };
    return { model: counted.model, release };
  }

  /**
   * Makes the named model the current one. When it cannot be fetched or is damaged, the old one stays and the next call tries again.
   * Calls while one runs share its result.
   */
  update(ref: ModelFileRef, download: () => Promise<Uint8Array>): Promise<void> {
    if (ref.modelId === this.modelId) return Promise.resolve();
    this.#updating ??= this.#replace(ref, download).finally(() => {
      this.#updating = undefined;
    });
    return this.#updating;
  }

  /** Lets go of the model. */
  dispose(): void {
    this.#current?.leave();
    this.#current = undefined;
  }

  async #replace(ref: ModelFileRef, download: () => Promise<Uint8Array>): Promise<void> {
    try {
      const model = (await this.#readKept(ref)) ?? (await this.#fetch(ref, download));
      const before = this.#current;
      this.#current = new CountedModel(model);
      before?.leave();
      this.#logger.info("model loaded", { modelId: model.modelId });
    } catch (error) {
      this.#logger.warn("model refused, the old one stays", { modelId: ref.modelId, oldModelId: this.modelId, error });
    }
  }

  async #fetch(ref: ModelFileRef, download: () => Promise<Uint8Array>): Promise<CollaborativeModel> {
    const bytes = await download();
    const model = decodeCollaborativeModel(bytes);
    if (this.#kept !== undefined) {
      const name = blobName(ref);
      await this.#kept.put(name, bytes);
      for (const blob of await this.#kept.list()) if (blob.name !== name) await this.#kept.delete(blob.name);
    }
    return model;
  }

  async #readKept(ref: ModelFileRef): Promise<CollaborativeModel | undefined> {
    if (this.#kept === undefined) return undefined;
    try {
      const chunks: Uint8Array[] = [];
      for await (const chunk of this.#kept.get(blobName(ref))) chunks.push(chunk);
      return decodeCollaborativeModel(Buffer.concat(chunks));
    } catch (error) {
      if (FurzeError.is(error) && (error.code === "NOT_FOUND" || error.code === "INVALID_MODEL_FILE")) return undefined;
      throw error;
    }
  }
}

function blobName(ref: ModelFileRef): string {
  return `collaborative-${ref.sha256}.model`;
}

/** Disposed when the holder and all who work with it have left. */
class CountedModel {
  readonly model: CollaborativeModel;
  users = 1;

  constructor(model: CollaborativeModel) {
    this.model = model;
  }

  leave(): void {
    this.users--;
    if (this.users === 0) this.model.factors.dispose();
  }
}
