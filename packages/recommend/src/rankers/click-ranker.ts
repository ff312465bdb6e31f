import type { CallOptions } from "@furze/core";
import type { FmVector } from "@furze/factorization-machine";
import type { ItemStore, UserStore } from "@furze/storage";
import type { CandidateRequest, GenerateOptions } from "../candidate-generator.ts";
import { type CandidateList, candidatesIn, type MergedCandidate } from "../candidate-list.ts";
import { ItemMapping } from "../item-mapping.ts";
import type { ItemSpace } from "../item-space.ts";
import type { ClickModel } from "../models/click-model.ts";
import type { ModelHolder } from "../models/model-holder.ts";
import type { Ranker } from "../ranker.ts";
import { bestPlaces } from "./best-places.ts";

export interface ClickRankerOptions {
  readonly users: UserStore;
  readonly items: ItemStore;
  readonly space: ItemSpace;
  /** Where the current click model comes from; absent when this process holds none. */
  readonly models: ModelHolder<ClickModel> | undefined;
}

type Lists = readonly CandidateList[];

/**
 * Orders candidates by the log-odds that the user likes them, as the click model sees it, and gives them these as scores.
 * Users and items that are newer than the model are scored by their labels as they are now; an item without known labels counts as an
 * average one. The candidates of a user of whom the model knows nothing, neither id nor label, keep their order and scores: they
 * were chosen for what he does, of which the model has not seen anything.
 *
 * Cost: one inner product a candidate; one query a batch that has new users, one that has items not met before.
 */
export class ClickRanker implements Ranker {
  readonly #options: ClickRankerOptions;
  #catalog: Catalog | undefined;

  constructor(options: ClickRankerOptions) {
    this.#options = options;
  }

  get modelId(): string {
    return this.#options.models?.modelId ?? "";
  }

  async rank(lists: Lists, requests: readonly CandidateRequest[], options: GenerateOptions): Promise<MergedCandidate[][]> {
    const lease = this.#options.models?.acquire();
    if (lease === undefined) return lists.map((list) => candidatesIn(list, options.limit));
    try {
      const { space, items } = this.#options;
      if (this.#catalog?.model !== lease.model) this.#catalog = new Catalog(lease.model, space, items);
      const catalog = this.#catalog;
      const [users] = await Promise.all([this.#usersOf(lease.model, requests, options), catalog.meet(lists, options)]);
      return lists.map((list, position) => catalog.rank(list, users[position], options.limit));
    } finally {
      lease.release();
    }
  }

  /** Vectors of the users, aligned; undefined for those of whom the model knows nothing. */
  async #usersOf(
    { ranker }: ClickModel,
    requests: readonly CandidateRequest[],
    call: CallOptions,
  ): Promise<(FmVector | undefined)[]> {
    const userIds = requests.map(({ history }) => history.userId);
    const strangers = userIds.filter((userId) => ranker.space.userIds.indexOf(userId) < 0);
    const rows = strangers.length === 0 ? [] : await this.#options.users.get(strangers, call);
    const labels = new Map(rows.map((row) => [row?.userId, row?.labels]));
    return userIds.map((userId) => {
      const userIndex = ranker.space.userIds.indexOf(userId);
      const user = userIndex >= 0 ? ranker.userVector(userIndex) : ranker.describedUserVector({ labels: labels.get(userId) });
      return user.vector.some((value) => value !== 0) ? user : undefined;
    });
  }
}

/** The items as one click model sees them. */
class Catalog {
  readonly model: ClickModel;
  readonly #space: ItemSpace;
  readonly #items: ItemStore;
  readonly #mapping: ItemMapping<ClickModel>;
  /** Items that the model does not know, as far as they have been candidates. */
  readonly #newItems = new Map<number, FmVector>();

  constructor(model: ClickModel, space: ItemSpace, items: ItemStore) {
    this.model = model;
    this.#space = space;
    this.#items = items;
    this.#mapping = new ItemMapping(model, model.ranker.space.itemIds, space);
  }

  /** Makes the vectors of items that the model does not know. */
  async meet(lists: Lists, call: CallOptions): Promise<void> {
    const unmet = new Set<number>();
    for (const { items } of lists) {
      for (let place = 0; place < items.length; place++) {
        const index = items[place] as number;
        if (this.#mapping.modelIndexOf(index) < 0 && !this.#newItems.has(index)) unmet.add(index);
      }
    }
    if (unmet.size === 0) return;
    const itemIds = Array.from(unmet, (index) => this.#space.idOf(index));
    const rows = await this.#items.get(itemIds, call);
    for (const [position, index] of [...unmet].entries())
      this.#newItems.set(index, this.model.ranker.describedItemVector({ labels: rows[position]?.labels }));
  }

  /** The best candidates; those of a user without a vector as they come. */
  rank(list: CandidateList, user: FmVector | undefined, limit: number): MergedCandidate[] {
    if (user === undefined) return candidatesIn(list, limit);
    const { modelId } = this.model;
    const scores = this.#scores(list.items, user);
    return Array.from(bestPlaces(scores, limit), (place) => {
      const { index, sources } = list.at(place);
      return { index, score: scores[place] as number, sources, modelId };
    });
  }

  #scores(items: Int32Array, user: FmVector): Float32Array {
    const { ranker } = this.model;
    const known = this.#mapping.modelIndicesOf(items);
    const knownScores = ranker.scoreItems(user, known);
    if (known.length === items.length) return knownScores;
    const scores = new Float32Array(items.length);
    let next = 0;
    for (let place = 0; place < items.length; place++) {
      const newItem = this.#newItems.get(items[place] as number);
      scores[place] = newItem === undefined ? (knownScores[next++] as number) : ranker.scoreVectors(user, newItem);
    }
    return scores;
  }
}
