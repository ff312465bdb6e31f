import type { MatrixFactorizationModel, RankedItems } from "@furze/matrix-factorization";
import type { CandidateGenerator, CandidateRequest, GeneratedCandidates, GenerateOptions } from "../candidate-generator.ts";
import { type Candidates, NO_CANDIDATES } from "../candidates.ts";
import { ItemMapping } from "../item-mapping.ts";
import type { ItemSpace } from "../item-space.ts";
import type { CollaborativeModel } from "../models/collaborative-model.ts";
import type { ModelHolder } from "../models/model-holder.ts";
import type { UserHistory } from "../user-history.ts";

/** Categories narrow a list after it is ranked, so more is ranked at first. */
const CATEGORY_FACTOR = 4;
const NOTHING = new Int32Array(0);

/** Items of a ranked list that a request admits. */
interface Admitted extends Candidates {
  /** The model may have more items than the list had places. */
  readonly isFull: boolean;
}

/** The factors that rank, and where their items stand. */
interface Ranking {
  readonly factors: MatrixFactorizationModel;
  readonly mapping: ItemMapping<CollaborativeModel>;
}

/**
 * Items that the factor model scores highest. A user's factors are solved from what he likes now, so that a new user and a new
 * click count at once; a BPR model's own factors are better than solved ones and used where it has them. With the name of a factor model of
 * the ensemble it is that one's items.
 */
export class CollaborativeGenerator implements CandidateGenerator {
  readonly name: string;
  readonly #member: string | undefined;
  readonly #space: ItemSpace;
  readonly #models: ModelHolder<CollaborativeModel> | undefined;
  #mapping: ItemMapping<CollaborativeModel> | undefined;

  constructor(space: ItemSpace, models: ModelHolder<CollaborativeModel> | undefined, member?: string) {
    this.name = member === undefined ? "collaborative" : `collaborative/${member}`;
    this.#member = member;
    this.#space = space;
    this.#models = models;
  }

  async generate(requests: readonly CandidateRequest[], options: GenerateOptions): Promise<GeneratedCandidates> {
    const lease = this.#models?.acquire();
    if (lease === undefined) return { candidates: requests.map(() => NO_CANDIDATES), modelId: "" };
    try {
      const factors = this.#factorsOf(lease.model);
      // The current model may have been fitted before the configuration asked for this one.
      if (factors === undefined) return { candidates: requests.map(() => NO_CANDIDATES), modelId: "" };
      if (this.#mapping?.model !== lease.model) this.#mapping = new ItemMapping(lease.model, lease.model.itemIds, this.#space);
      const candidates = await this.#rank({ factors, mapping: this.#mapping }, requests, options);
      return { candidates, modelId: lease.model.modelId };
    } finally {
      lease.release();
    }
  }

  #factorsOf({ factors, ensemble }: CollaborativeModel): MatrixFactorizationModel | undefined {
    return this.#member === undefined ? factors : ensemble?.get(this.#member);
  }

  async #rank(
    { factors, mapping }: Ranking,
    requests: readonly CandidateRequest[],
    options: GenerateOptions,
  ): Promise<Candidates[]> {
    const result: Candidates[] = requests.map(() => NO_CANDIDATES);
    const vectors = await vectorsOf({ factors, mapping }, requests, options);
    let open = requests.flatMap((request, position) => {
      const vector = vectors[position];
      return vector === undefined ? [] : [{ position, request, vector }];
    });
    const hasCategories = requests.some(({ filter }) => filter.categories.length > 0);
    let limit = options.limit * (hasCategories ? CATEGORY_FACTOR : 1);
    // Hidden items and those of other categories drop out after the ranking; who has too few left gets a longer list.
    while (open.length > 0) {
      limit = Math.min(limit, factors.numItems);
      const ranked = await this.#topItems({ factors, mapping }, open, limit, options);
      await this.#space.ensure(mapping.spaceIndicesOf(ranked.itemIndices), options);
      const admitted = admittedOf(this.#space, mapping, ranked, limit, open);
      open = open.filter(({ position }, row) => {
        const { items, scores, isFull } = admitted[row] as Admitted;
        result[position] = { items: items.subarray(0, options.limit), scores: scores.subarray(0, options.limit) };
        return isFull && items.length < options.limit && limit < factors.numItems;
      });
      limit *= CATEGORY_FACTOR;
    }
    return result;
  }

  async #topItems(
    { factors, mapping }: Ranking,
    open: readonly { readonly request: CandidateRequest; readonly vector: Float32Array }[],
    limit: number,
    options: GenerateOptions,
  ): Promise<RankedItems> {
    const [only] = open;
    // One user is ranked faster here than the threads wake up.
    if (open.length === 1 && only !== undefined) {
      const exclude = mapping.modelIndicesOf(only.request.filter.excluded.indices);
      const ranked = factors.recommendForVector(only.vector, { limit, exclude });
      return padded(ranked, limit);
    }
    const vectors = new Float32Array(open.length * factors.numFactors);
    for (const [row, { vector }] of open.entries()) vectors.set(vector, row * factors.numFactors);
    return factors.recommendForVectors(vectors, { limit, exclude: excludedOf(mapping, open), signal: options.signal });
  }
}

/** What each request admits of its ranked list, in the order of the list. */
function admittedOf(
  space: ItemSpace,
  mapping: ItemMapping<CollaborativeModel>,
  ranked: RankedItems,
  limit: number,
  open: readonly { readonly request: CandidateRequest }[],
): Admitted[] {
  const items = new Int32Array(open.length * limit);
  const scores = new Float32Array(items.length);
  return open.map(({ request }, row) => {
    const start = row * limit;
    let end = start;
    for (let place = start; place < start + limit; place++) {
      const modelIndex = ranked.itemIndices[place] as number;
      if (modelIndex < 0) break;
      const index = mapping.toSpace[modelIndex] as number;
      if (!space.admits(index, request.filter)) continue;
      items[end] = index;
      scores[end++] = ranked.scores[place] as number;
    }
    const isFull = (ranked.itemIndices[start + limit - 1] as number) >= 0;
    return { items: items.subarray(start, end), scores: scores.subarray(start, end), isFull };
  });
}

/** Factors of the users, aligned; undefined for those who like nothing that the model knows. */
async function vectorsOf(
  { factors, mapping }: Ranking,
  requests: readonly CandidateRequest[],
  { signal }: GenerateOptions,
): Promise<(Float32Array | undefined)[]> {
  const vectors = requests.map(({ history }) => trainedVectorOf({ factors, mapping }, history));
  const open = vectors
    .keys()
    .filter((position) => vectors[position] === undefined)
    .toArray();
  const liked = open.map((position) => mapping.modelIndicesOf(requests[position]?.history.positives ?? NOTHING));
  // One user is solved faster here than the threads wake up.
  const solved = liked.length === 1 ? [factors.foldIn(liked[0] ?? [])] : await factors.foldInMany(liked, { signal });
  for (const [place, position] of open.entries()) vectors[position] = solved[place];
  return vectors;
}

function trainedVectorOf({ factors, mapping }: Ranking, history: UserHistory): Float32Array | undefined {
  const { userIds } = mapping.model;
  const { numFactors, factorStride } = factors;
  const userIndex = factors.kind === "bpr" ? userIds.indexOf(history.userId) : -1;
  if (userIndex < 0 || !factors.isUserTrained(userIndex)) return undefined;
  return factors.userFactors.subarray(userIndex * factorStride, userIndex * factorStride + numFactors);
}

function padded(ranked: RankedItems, limit: number): RankedItems {
  const itemIndices = new Int32Array(limit).fill(-1);
  const scores = new Float32Array(limit);
  itemIndices.set(ranked.itemIndices);
  scores.set(ranked.scores);
  return { itemIndices, scores };
}

/** What must not come back, in the indices of the model. */
function excludedOf(
  mapping: ItemMapping<CollaborativeModel>,
  open: readonly { readonly request: CandidateRequest }[],
): { offsets: Int32Array; indices: Int32Array } {
  const indices = new Int32Array(open.reduce((sum, { request }) => sum + request.filter.excluded.size, 0));
  const offsets = new Int32Array(open.length + 1);
  let end = 0;
  for (const [row, { request }] of open.entries()) {
    end = mapping.writeModelIndicesOf(request.filter.excluded.indices, indices, end);
    offsets[row + 1] = end;
  }
  return { offsets, indices: indices.subarray(0, end) };
}
