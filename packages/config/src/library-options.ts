import type { PipelineOptions } from "@furze/recommend";
import type { ModelTrainingOptions, TrainingOptions } from "@furze/training";
import type {
  AzureConfig,
  FurzeConfig,
  GcsConfig,
  ModelConfig,
  MysqlConfig,
  PoolConfig,
  RankerConfig,
  S3Config,
  ServerConfig,
} from "./types.ts";

const MIB = 1024 * 1024;

/** What the pipeline takes, from the `recommend` and `server` sections. */
export function pipelineOptions(config: FurzeConfig): PipelineOptions {
  const { recommend, server } = config;
  const { dataSource, replacement, diversity } = recommend;
  return {
    roles: {
      positive: dataSource.positiveFeedbackTypes,
      negative: dataSource.negativeFeedbackTypes,
      read: dataSource.readFeedbackTypes,
    },
    cacheSize: recommend.cacheSize,
    contextSize: recommend.contextSize,
    listTtlMs: recommend.cacheExpireMs,
    refreshMs: recommend.ranker.cacheExpireMs,
    itemTtlMs: unlessZero(dataSource.itemTtlMs),
    feedbackTtlMs: unlessZero(dataSource.positiveFeedbackTtlMs),
    activeUserTtlMs: unlessZero(recommend.activeUserTtlMs),
    clockErrorMs: server.clockErrorMs,
    leaderboards: recommend.nonPersonalized,
    itemToItem: recommend.itemToItem,
    userToUser: recommend.userToUser,
    collaborative: recommend.collaborative.type === "mf",
    // Absent rather than empty: the digest of lists that were made without the key stays what it was.
    ensemble: recommend.collaborative.ensemble.length === 0 ? undefined : recommend.collaborative.ensemble,
    recommenders: recommend.ranker.recommenders,
    ranker: rankerOptions(recommend.ranker),
    external: recommend.external.map(({ memoryLimitMib, ...script }) => ({
      ...script,
      memoryLimitBytes: memoryLimitMib * MIB,
    })),
    replacement: replacement.enabled
      ? { positiveDecay: replacement.positiveDecay, readDecay: replacement.readDecay }
      : undefined,
    explore: recommend.explore,
    diversity: diversity.strength === 0 ? undefined : diversity,
    fallback: recommend.fallback.recommenders,
  };
}

function rankerOptions({ type, recommenders, weights, optimizePeriodMs, ...llm }: RankerConfig): PipelineOptions["ranker"] {
  switch (type) {
    case "none":
      return undefined;
    case "fusion":
      return {
        type,
        weights: Object.fromEntries(weights.map((weight, place) => [recommenders[place], weight])),
        isTuned: optimizePeriodMs > 0,
      };
    case "fm":
      return { type };
    case "llm":
      return { type, queryTemplate: llm.queryTemplate, documentTemplate: llm.documentTemplate, api: llm.rerankerApi };
  }
}

/** What training takes, from the `master` section and those of the models. */
export function trainingOptions({ master, recommend }: FurzeConfig): TrainingOptions {
  return {
    jobs: master.nJobs,
    collaborative: modelTraining(recommend.collaborative),
    click: modelTraining(recommend.ranker),
    fusion: modelTraining(recommend.ranker),
    searchColumns: recommend.search.columns.map(searchColumn),
  };
}

function modelTraining(model: ModelConfig): ModelTrainingOptions {
  const { fitPeriodMs, fitEpoch, earlyStopping, optimizePeriodMs, optimizeTrials } = model;
  return {
    fitPeriodMs,
    numEpochs: fitEpoch,
    patience: earlyStopping.patience,
    search: optimizePeriodMs === 0 ? undefined : { periodMs: optimizePeriodMs, trials: optimizeTrials },
  };
}

type SearchColumn = NonNullable<TrainingOptions["searchColumns"]>[number];

const SEARCH_COLUMNS: Readonly<Record<string, SearchColumn>> = {
  "item.ItemId": "itemId",
  "item.Categories": "categories",
  "item.Comment": "comment",
  "item.Labels": "labels",
};

function searchColumn(column: string): SearchColumn {
  return SEARCH_COLUMNS[column] ?? `labels.${column.replace("item.Labels.", "")}`;
}

/** Options of the REST API that the configuration decides; `RestApiOptions` of `@furze/rest-api` takes them. */
export interface RestOptions {
  readonly apiKey: string;
  readonly adminApiKey: string;
  readonly defaultLimit: number;
  readonly maxLimit: number;
  readonly maxBodyBytes: number;
  readonly clockErrorMs: number;
  readonly autoInsertUsers: boolean;
  readonly autoInsertItems: boolean;
  readonly itemSearch: boolean;
  readonly compatibility: ServerConfig["compatibility"];
  readonly quota: RestQuota;
  readonly corsDomains: readonly string[];
  readonly corsMethods: readonly string[] | undefined;
}

interface RestQuota {
  readonly maxUsers: number;
  readonly maxItems: number;
  readonly maxLabelsBytes: number;
  readonly maxCommentBytes: number;
  readonly maxCategories: number;
  readonly maxCategoryBytes: number;
}

export function restOptions({ server, master, recommend, quota }: FurzeConfig): RestOptions {
  return {
    apiKey: server.apiKey,
    adminApiKey: master.adminApiKey,
    defaultLimit: server.defaultN,
    maxLimit: server.maxN,
    maxBodyBytes: server.maxBodyMib * MIB,
    clockErrorMs: server.clockErrorMs,
    autoInsertUsers: server.autoInsertUser,
    autoInsertItems: server.autoInsertItem,
    itemSearch: recommend.search.columns.length > 0,
    compatibility: server.compatibility,
    quota: {
      maxUsers: quota.maxUsersCount,
      maxItems: quota.maxItemsCount,
      maxLabelsBytes: quota.maxLabelsSize,
      maxCommentBytes: quota.maxCommentSize,
      maxCategories: quota.maxCategoriesCount,
      maxCategoryBytes: quota.maxCategoriesSize,
    },
    corsDomains: master.httpCorsDomains,
    corsMethods: master.httpCorsMethods.length === 0 ? undefined : master.httpCorsMethods,
  };
}

/** How stores connect; `OpenStoreOptions` of `@furze/stores` takes them, data and cache with their own table prefix. */
export interface StoreOptions {
  readonly mysql: PoolOptions & Pick<MysqlConfig, "isolationLevel">;
  readonly postgres: PoolOptions;
  readonly clientName: string;
}

interface PoolOptions {
  readonly maxConnections: number | undefined;
  readonly maxIdleConnections: number;
  readonly maxLifetimeMs: number;
}

/** What buckets of `blob.uri` need; `openBlobStore` of `@furze/stores` takes it. What is empty in the configuration is left out. */
export interface BlobOptions {
  readonly s3: Partial<S3Config>;
  readonly gcs: Partial<GcsConfig>;
  readonly azure: Partial<AzureConfig>;
}

export function blobOptions({ blob: { s3, gcs, azure } }: FurzeConfig): BlobOptions {
  return { s3: unlessEmpty(s3), gcs: unlessEmpty(gcs), azure: unlessEmpty(azure) };
}

function unlessEmpty<T extends object>(texts: T): Partial<T> {
  return Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== "")) as Partial<T>;
}

export function storeOptions({ database }: FurzeConfig): StoreOptions {
  const { mysql, postgres, cacheClientName } = database;
  return {
    mysql: { ...poolOptions(mysql), isolationLevel: mysql.isolationLevel },
    postgres: poolOptions(postgres),
    clientName: cacheClientName,
  };
}

function poolOptions({ maxOpenConns, maxIdleConns, connMaxLifetimeMs }: PoolConfig): PoolOptions {
  return {
    maxConnections: unlessZero(maxOpenConns),
    maxIdleConnections: maxIdleConns,
    maxLifetimeMs: connMaxLifetimeMs,
  };
}

/** In the configuration 0 means that there is no bound. */
function unlessZero(value: number): number | undefined {
  return value === 0 ? undefined : value;
}
