import { type ClickModel, clickKind } from "./click-model.ts";
import { type CollaborativeModel, collaborativeKind } from "./collaborative-model.ts";
import { type FusionModel, fusionKind } from "./fusion-model.ts";
import { type ModelFileRef, ModelHolder, type ModelHolderOptions } from "./model-holder.ts";

/** A model file that can be fetched, and what its model does. */
export interface ModelRefOfKind extends ModelFileRef {
  readonly kind: string;
}

/** The current models of a process, one of each kind. */
export class ModelSet {
  readonly collaborative: ModelHolder<CollaborativeModel>;
  readonly click: ModelHolder<ClickModel>;
  readonly fusion: ModelHolder<FusionModel>;
  /** Kinds that `update` was told of and that have no model here at all. */
  readonly #missing = new Set<string>();

  constructor(options: ModelHolderOptions = {}) {
    this.collaborative = new ModelHolder(collaborativeKind, options);
    this.click = new ModelHolder(clickKind, options);
    this.fusion = new ModelHolder(fusionKind, options);
  }

  /** Whether there is a model, if an old one, of each kind that there should be. */
  get isComplete(): boolean {
    return this.#missing.size === 0;
  }

  /**
   * Makes the named models the current ones, each for itself: one that cannot be fetched leaves the old one where it is, until the
   * next call. Kinds that this release does not know are passed over.
   */
  async update<Ref extends ModelRefOfKind>(refs: readonly Ref[], download: (ref: Ref) => Promise<Uint8Array>): Promise<void> {
    const known = refs.flatMap((ref) => {
      const holder = this.#holderOf(ref.kind);
      return holder === undefined ? [] : [{ ref, holder }];
    });
    await Promise.all(known.map(({ ref, holder }) => holder.update(ref, () => download(ref))));
    this.#missing.clear();
    for (const { ref, holder } of known) if (holder.modelId === "") this.#missing.add(ref.kind);
  }

  /** Lets go of all models. */
  dispose(): void {
    this.collaborative.dispose();
    this.click.dispose();
    this.fusion.dispose();
  }

  #holderOf(kind: string): Pick<ModelHolder<CollaborativeModel>, "modelId" | "update"> | undefined {
    switch (kind) {
      case collaborativeKind.name:
        return this.collaborative;
      case clickKind.name:
        return this.click;
      case fusionKind.name:
        return this.fusion;
      default:
        return undefined;
    }
  }
}
