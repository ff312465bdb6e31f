import { FurzeError, type Logger, silentLogger } from "@furze/core";
import type { BlobStore } from "@furze/storage";
import type { HeldModel, ModelKind } from "./model-kind.ts";

/** Names a model file that can be fetched. */
export interface ModelFileRef {
  readonly modelId: string;
  /** 64 hexadecimal digits. */
  readonly sha256: string;
}

export interface ModelHolderOptions {
  /** Folder that keeps the current file, so that a restart needs nobody. Kinds may share it. Default: nothing is kept. */
  readonly kept?: BlobStore | undefined;
  readonly logger?: Logger | undefined;
}

/** A model in use: `release` it when the work with it is done. */
export interface ModelLease<Model extends HeldModel> {
  readonly model: Model;
  release(): void;
}

/** The current model of one kind in a process. A newer one takes its place only once it has arrived whole and has been checked. */
export class ModelHolder<Model extends HeldModel> {
  readonly #kind: ModelKind<Model>;
  readonly #kept: BlobStore | undefined;
  readonly #logger: Logger;
  #current: CountedModel<Model> | undefined;
  #updating: Promise<void> | undefined;

  constructor(kind: ModelKind<Model>, options: ModelHolderOptions = {}) {
    this.#kind = kind;
    this.#kept = options.kept;
    this.#logger = options.logger ?? silentLogger;
  }

  /** Id of the current model; `""` when there is none. */
  get modelId(): string {
    return this.#current?.model.modelId ?? "";
  }

  /** Takes the current model into use; `undefined` when there is none. It lives until it is released, even if it is replaced meanwhile. */
  acquire(): ModelLease<Model> | undefined {
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
    const kind = this.#kind.name;
    try {
      const model = (await this.#readKept(ref)) ?? (await this.#fetch(ref, download));
      const before = this.#current;
      this.#current = new CountedModel(model, this.#kind);
      before?.leave();
      this.#logger.info("model loaded", { kind, modelId: model.modelId });
    } catch (error) {
      this.#logger.warn("model refused, the old one stays", { kind, modelId: ref.modelId, oldModelId: this.modelId, error });
    }
  }

  async #fetch(ref: ModelFileRef, download: () => Promise<Uint8Array>): Promise<Model> {
    const bytes = await download();
    const model = this.#kind.decode(bytes);
    if (this.#kept !== undefined) {
      const name = this.#blobName(ref);
      await this.#kept.put(name, bytes);
      const isOld = (other: string): boolean => other.startsWith(`${this.#kind.name}-`) && other !== name;
      for (const blob of await this.#kept.list()) if (isOld(blob.name)) await this.#kept.delete(blob.name);
    }
    return model;
  }

  async #readKept(ref: ModelFileRef): Promise<Model | undefined> {
    if (this.#kept === undefined) return undefined;
    try {
      const chunks: Uint8Array[] = [];
      for await (const chunk of this.#kept.get(this.#blobName(ref))) chunks.push(chunk);
      return this.#kind.decode(Buffer.concat(chunks));
    } catch (error) {
      if (FurzeError.is(error) && (error.code === "NOT_FOUND" || error.code === "INVALID_MODEL_FILE")) return undefined;
      throw error;
    }
  }

  #blobName(ref: ModelFileRef): string {
    return `${this.#kind.name}-${ref.sha256}.model`;
  }
}

/** Disposed when the holder and all who work with it have left. */
class CountedModel<Model extends HeldModel> {
  readonly model: Model;
  readonly #kind: ModelKind<Model>;
  users = 1;

  constructor(model: Model, kind: ModelKind<Model>) {
    this.model = model;
    this.#kind = kind;
  }

  leave(): void {
    this.users--;
    if (this.users === 0) this.#kind.dispose(this.model);
  }
}
