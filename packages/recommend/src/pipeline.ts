import { type Clock, InvalidArgumentError, type Logger, silentLogger } from "@furze/core";
import type { CacheStore, DataStore } from "@furze/storage";
import type { CandidateGenerator, CandidateRequest, GenerateOptions } from "./candidate-generator.ts";
import { type CandidateList, candidatesIn, listOfCandidates, type MergedCandidate } from "./candidate-list.ts";
import { NO_CANDIDATES } from "./candidates.ts";
import { type FusionWeights, fuseCandidates } from "./fusion.ts";
import { CollaborativeGenerator } from "./generators/collaborative.ts";
import { ExternalGenerator } from "./generators/external.ts";
import { ItemToItemGenerator } from "./generators/item-to-item.ts";
import { LatestGenerator } from "./generators/latest.ts";
import { NonPersonalizedGenerator } from "./generators/non-personalized.ts";
import { UserToUserGenerator } from "./generators/user-to-user.ts";
import type { ItemSet } from "./item-set.ts";
import { ItemSpace } from "./item-space.ts";
import type { DocumentReranker } from "./llm/reranker-client.ts";
import { type CandidateSource, mergeCandidates, ProposerNames } from "./merge.ts";
import type { ModelSet } from "./models/model-set.ts";
import { type PipelineOptions, pipelineDigest } from "./pipeline-options.ts";
import type { Ranker } from "./ranker.ts";
import { ClickRanker } from "./rankers/click-ranker.ts";
import { LlmRanker } from "./rankers/llm-ranker.ts";
import type { Reranker } from "./reranker.ts";
import { DiversityReranker } from "./rerankers/diversity.ts";
import { ExploreReranker } from "./rerankers/explore.ts";
import { ReplacementReranker, readmitting, withNewItems } from "./rerankers/replacement.ts";
import { ScriptRunner } from "./scripts/script-runner.ts";
import { type HistorySource, UserHistories } from "./user-histories.ts";
import { seenFingerprint, type UserHistory } from "./user-history.ts";

export interface PipelineDependencies {
  readonly dataStore: Pick<DataStore, "users" | "items"> & HistorySource;
  readonly cacheStore: Pick<CacheStore, "getLists">;
  readonly clock: Clock;
  /** The current models of the process; absent when it holds none. */
  readonly models?: ModelSet | undefined;
  /** Ranks documents for the ranker `llm`; absent where answers must come at once: lists stay in merge order there. */
  readonly reranker?: DocumentReranker | undefined;
  /** Hears of external scripts and language models that fail. Default: silent. */
  readonly logger?: Logger | undefined;
}

/** The configured generators and stages over one process's view of items and users: shared by the offline and the online path. */
export class Pipeline {
  readonly options: PipelineOptions;
  readonly digest: string;
  readonly space: ItemSpace;
  readonly histories: UserHistories;
  readonly #clock: Clock;
  readonly #generators: ReadonlyMap<string, CandidateGenerator>;
  readonly #models: ModelSet | undefined;
  readonly #ranker: Ranker | undefined;
  readonly #rerankers: readonly Reranker[];
  readonly #scripts = new ScriptRunner();

  /** @throws {InvalidArgumentError} if a recommender is named that the options do not define, or a stage's figures are out of range */
  constructor(options: PipelineOptions, dependencies: PipelineDependencies) {
    const { dataStore, cacheStore, clock, models, logger = silentLogger } = dependencies;
    this.options = options;
    this.digest = pipelineDigest(options);
    this.space = new ItemSpace(dataStore.items);
    this.histories = new UserHistories({ ...options, dataStore, space: this.space, clock });
    this.#clock = clock;
    const scripting = { space: this.space, runner: this.#scripts, clock, logger };
    const generators: CandidateGenerator[] = [
      new LatestGenerator(dataStore.items, this.space),
      ...options.leaderboards.map(({ name }) => new NonPersonalizedGenerator(name, cacheStore, this.space)),
      ...options.itemToItem.map(({ name }) => new ItemToItemGenerator(name, cacheStore, this.space)),
      ...options.userToUser.map(({ name }) => new UserToUserGenerator(name, cacheStore, this.space, this.histories)),
      ...(options.external ?? []).map((external) => new ExternalGenerator(external, scripting)),
    ];
    for (const member of factorModels(options))
      generators.push(new CollaborativeGenerator(this.space, models?.collaborative, member));
    this.#generators = new Map(generators.map((generator) => [generator.name, generator]));
    for (const name of [...options.recommenders, ...options.fallback]) this.generator(name);
    this.#models = models;
    this.#ranker = rankerOf(options, dependencies, this.space);
    this.#rerankers = this.#stages();
  }

  /** Identifies the models that lists are made by now: a list made by others is stale. `""` = none. */
  get modelId(): string {
    const collaborative = this.options.collaborative ? this.#models?.collaborative.modelId : undefined;
    const fusion = usesFusionModel(this.options) ? this.#models?.fusion.modelId : undefined;
    return [collaborative, fusion, this.#ranker?.modelId].filter(Boolean).join("+");
  }

  /** Whether there is a factor model to rank by now. */
  get holdsFactors(): boolean {
    return (this.#models?.collaborative.modelId ?? "") !== "";
  }

  /** @throws {InvalidArgumentError} if there is no such recommender */
  generator(name: string): CandidateGenerator {
    const generator = this.#generators.get(name);
    if (generator === undefined) {
      const known = [...this.#generators.keys()].join(", ");
      throw new InvalidArgumentError("recommenders", `recommender ${name} doesn't exist; configured are: ${known}`);
    }
    return generator;
  }

  /**
   * Digest that a user's list carries while nothing changes that it depends on: the options, what he likes and dislikes, and with
   * replacement what he has seen.
   */
  listDigest(history: UserHistory): string {
    const digest = `${this.digest}/${history.fingerprint}`;
    return this.options.replacement === undefined ? digest : `${digest}/${seenFingerprint(history, this.space)}`;
  }

  /** Items that must not stand in a user's list: what he has seen, or with replacement only what he dislikes. */
  excludedFor(history: UserHistory): ItemSet {
    return this.options.replacement === undefined ? history.seen : history.negatives;
  }

  /** What a user's candidates must meet: not seen, in the categories, not expired. */
  requestFor(history: UserHistory, categories: readonly string[] = []): CandidateRequest {
    const { itemTtlMs } = this.options;
    const sinceMs = itemTtlMs === undefined ? undefined : this.#clock.now() - itemTtlMs;
    return { history, filter: { excluded: history.seen, categories, sinceMs } };
  }

  /**
   * Ranked lists of a batch of users: the candidates of the configured recommenders, merged, ranked, then through all stages.
   *
   * @returns one list a request, aligned, best first
   */
  async rank(requests: readonly CandidateRequest[], options: GenerateOptions): Promise<MergedCandidate[][]> {
    if (this.#ranker === undefined && this.#rerankers.length === 0 && this.options.ranker?.type !== "fusion")
      return this.propose(this.options.recommenders, requests, options);
    // What the stages do with a place depends on the whole list: a part of it would not be a part of the stored one.
    const whole = { ...options, limit: this.options.cacheSize };
    const candidates = await this.#candidates(requests, whole);
    let lists =
      this.#ranker === undefined
        ? candidates.map((list) => candidatesIn(list))
        : await this.#ranker.rank(candidates, requests, this.#rankLimit(whole));
    for (const reranker of this.#rerankers) lists = await reranker.rerank(lists, requests, whole);
    return lists.map((list) => list.slice(0, options.limit));
  }

  /**
   * Candidates of a batch of users from the named recommenders, merged.
   *
   * @returns one list a request, aligned, best first
   */
  async propose(
    names: readonly string[],
    requests: readonly CandidateRequest[],
    options: GenerateOptions,
  ): Promise<MergedCandidate[][]> {
    const sources = await this.candidatesOf(names, requests, options);
    return mergedLists(sources, options.limit).map((list) => candidatesIn(list));
  }

  /**
   * Candidates of a batch of users as each of the named recommenders proposes them.
   *
   * @returns one list of sources a request, aligned; the sources in the order of the names
   */
  async candidatesOf(
    names: readonly string[],
    requests: readonly CandidateRequest[],
    options: GenerateOptions,
  ): Promise<CandidateSource[][]> {
    const sources: CandidateSource[][] = requests.map(() => []);
    for (const name of names) {
      const { candidates, modelId } = await this.generator(name).generate(requests, options);
      for (const [position, list] of sources.entries()) {
        list.push({ name, modelId, candidates: candidates[position] ?? NO_CANDIDATES });
      }
    }
    return sources;
  }

  /** Drops kept neighbor lists and histories, so that the next batch sees what has been written since. */
  forget(): void {
    this.histories.forget();
    for (const generator of this.#generators.values()) {
      if (generator instanceof ItemToItemGenerator || generator instanceof UserToUserGenerator) generator.forget();
    }
  }

  /** Ends the threads of external scripts. An idle process ends without it. */
  async close(): Promise<void> {
    await this.#scripts.close();
  }

  async #candidates(requests: readonly CandidateRequest[], options: GenerateOptions): Promise<CandidateList[]> {
    const { replacement } = this.options;
    // A ranker chooses among all that anybody proposes; without one the first recommender fills the list.
    const mostMerged = this.#ranker === undefined ? options.limit : Number.POSITIVE_INFINITY;
    if (replacement === undefined) return this.#joined(requests, options, mostMerged);
    const onIncomplete = (position: number) => options.onIncomplete?.(position % requests.length);
    const twice = { ...options, onIncomplete };
    const lists = await this.#joined([...readmitting(requests), ...requests], twice, mostMerged);
    return requests.map((_, position) => {
      const [known, fresh] = [position, requests.length + position].map((at) => candidatesIn(lists[at] as CandidateList));
      return listOfCandidates(withNewItems(known ?? [], fresh ?? []));
    });
  }

  /** Candidates of the configured recommenders: one after the other, or by fusion. */
  async #joined(requests: readonly CandidateRequest[], options: GenerateOptions, mostMerged: number): Promise<CandidateList[]> {
    const { recommenders, ranker } = this.options;
    const weights = ranker?.type === "fusion" ? this.#fusionWeights(ranker.weights) : undefined;
    const sources = await this.candidatesOf(recommenders, requests, options);
    if (weights === undefined) return mergedLists(sources, mostMerged);
    return sources.map((list) => listOfCandidates(fuseCandidates(list, weights, mostMerged)));
  }

  /** What a search has found, else what is configured. */
  #fusionWeights(configured: FusionWeights = {}): FusionWeights {
    const lease = usesFusionModel(this.options) ? this.#models?.fusion.acquire() : undefined;
    if (lease === undefined) return configured;
    lease.release();
    return lease.model.weights;
  }

  /** Replacement cuts the lists itself: what sinks makes room for what would be cut off here. */
  #rankLimit(options: GenerateOptions): GenerateOptions {
    return this.options.replacement === undefined ? options : { ...options, limit: Number.POSITIVE_INFINITY };
  }

  /** Later stages in their order; none for those that are off. */
  #stages(): Reranker[] {
    const { replacement, explore = [], diversity } = this.options;
    const stages: Reranker[] = [];
    if (replacement !== undefined) stages.push(new ReplacementReranker(replacement, this.space));
    if (explore.length > 0) {
      stages.push(
        new ExploreReranker(
          explore,
          (name) => this.generator(name),
          (history) => this.listDigest(history),
        ),
      );
    }
    if (diversity !== undefined && diversity.strength !== 0) {
      stages.push(new DiversityReranker(diversity, this.space, this.#models?.collaborative));
    }
    return stages;
  }
}

/** Candidates of a batch of users, one recommender's after the other's. */
function mergedLists(sources: readonly (readonly CandidateSource[])[], limit: number): CandidateList[] {
  const names = new ProposerNames(sources[0] ?? []);
  return sources.map((list) => mergeCandidates(list, limit, names));
}

/** Names of the factor models beside the main one, which has none. */
function factorModels({ collaborative, ensemble = [] }: PipelineOptions): (string | undefined)[] {
  return collaborative ? [undefined, ...ensemble.map(({ name }) => name)] : [];
}

function usesFusionModel({ ranker }: PipelineOptions): boolean {
  return ranker?.type === "fusion" && ranker.isTuned !== false;
}

function rankerOf(options: PipelineOptions, dependencies: PipelineDependencies, space: ItemSpace): Ranker | undefined {
  const { dataStore, models, reranker, clock, logger = silentLogger } = dependencies;
  switch (options.ranker?.type) {
    case undefined:
    // Fusion is another way to merge, not a stage behind it.
    case "fusion":
      return undefined;
    case "fm":
      return new ClickRanker({ users: dataStore.users, items: dataStore.items, space, models: models?.click });
    case "llm": {
      const { roles, contextSize } = options;
      if (reranker === undefined) return undefined;
      return new LlmRanker(options.ranker, { dataStore, space, reranker, roles, contextSize, clock, logger });
    }
  }
}
