import type { CandidateGenerator, CandidateRequest, GeneratedCandidates, GenerateOptions } from "../candidate-generator.ts";
import { type Candidates, NO_CANDIDATES } from "../candidates.ts";
import type { CollaborativeModel } from "../collaborative-model.ts";
import type { CollaborativeModelHolder } from "../collaborative-model-holder.ts";
import type { ItemSpace } from "../item-space.ts";

/** Items that the factor model scores highest. A user it was not trained on, or who likes something new, is folded in. */
export class CollaborativeGenerator implements CandidateGenerator {
  readonly name = "collaborative";
  readonly #space: ItemSpace;
  readonly #models: CollaborativeModelHolder | undefined;
  #mapped: MappedModel | undefined;

  constructor(space: ItemSpace, models: CollaborativeModelHolder | undefined) {
    this.#space = space;
    this.#models = models;
  }

  async generate(requests: readonly CandidateRequest[], options: GenerateOptions): Promise<GeneratedCandidates> {
    const lease = this.#models?.acquire();
    if (lease === undefined) return { candidates: requests.map(() => NO_CANDIDATES), modelId: "" };
    try {
      return { candidates: await this.#score(lease.model, requests, options), modelId: lease.model.modelId };
    } finally {
      lease.release();
    }
  }

  async #score(
    model: CollaborativeModel,
    requests: readonly CandidateRequest[],
    options: GenerateOptions,
  ): Promise<readonly Candidates[]> {
    return [];
  }
}

interface MappedModel {}
