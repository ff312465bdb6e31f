import type { FeedbackExpression } from "@furze/core";

/** The effective configuration: defaults filled in, units converted, hosts resolved. */
export interface FurzeConfig {
  readonly database: DatabaseConfig;
  readonly master: MasterConfig;
  readonly cluster: ClusterConfig;
  readonly server: ServerConfig;
  readonly quota: QuotaConfig;
  readonly worker: WorkerConfig;
  readonly recommend: RecommendConfig;
  readonly blob: BlobConfig;
}

export interface DatabaseConfig {
  readonly dataStore: string;
  readonly cacheStore: string;
  readonly tablePrefix: string;
  readonly dataTablePrefix: string;
  readonly cacheTablePrefix: string;
  readonly cacheClientName: string;
  readonly mysql: MysqlConfig;
  readonly postgres: PoolConfig;
}

export interface PoolConfig {
  /** 0 for the store's own default. */
  readonly maxOpenConns: number;
  /** 0 for all of them. */
  readonly maxIdleConns: number;
  /** 0 for ever. */
  readonly connMaxLifetimeMs: number;
}

export interface MysqlConfig extends PoolConfig {
  readonly isolationLevel: "READ-COMMITTED" | "REPEATABLE-READ" | "SERIALIZABLE";
}

export interface MasterConfig {
  readonly port: number;
  /** Address that gRPC listens on. */
  readonly host: string;
  readonly httpPort: number;
  /** Address that HTTP listens on. */
  readonly httpHost: string;
  readonly nJobs: number;
  readonly metaTimeoutMs: number;
  /** Whether gRPC wants mutual TLS; the three files are given then. */
  readonly sslMode: boolean;
  readonly sslCa: string;
  readonly sslCert: string;
  readonly sslKey: string;
  /** Regular expressions; empty for any origin. */
  readonly httpCorsDomains: readonly string[];
  readonly httpCorsMethods: readonly string[];
  /** Empty when none is set. */
  readonly adminApiKey: string;
  /** Who may sign in; nobody needs to while name and password are empty. */
  readonly dashboardUserName: string;
  readonly dashboardPassword: string;
  /** Whether the configuration is shown without its database section. */
  readonly dashboardRedacted: boolean;
}

export interface ClusterConfig {
  /** Shared secret of gRPC calls between master, workers and servers; empty when none is set. */
  readonly token: string;
}

export interface ServerConfig {
  /** Empty when none is set. */
  readonly apiKey: string;
  readonly defaultN: number;
  /** Largest `n` and `offset`. */
  readonly maxN: number;
  readonly maxBodyMib: number;
  readonly clockErrorMs: number;
  readonly autoInsertUser: boolean;
  readonly autoInsertItem: boolean;
  /** Version of Gorse whose clients the REST API suits. */
  readonly compatibility: "v0.5" | "v0.4";
}

/** What the REST API lets callers store; 0 is no bound. */
export interface QuotaConfig {
  readonly maxUsersCount: number;
  readonly maxItemsCount: number;
  readonly maxLabelsSize: number;
  readonly maxCommentSize: number;
  readonly maxCategoriesCount: number;
  readonly maxCategoriesSize: number;
}

export interface WorkerConfig {
  /** Time between two looks at the users of a worker. */
  readonly intervalMs: number;
}

export interface RecommendConfig {
  readonly cacheSize: number;
  readonly cacheExpireMs: number;
  readonly contextSize: number;
  /** 0 keeps every user active. */
  readonly activeUserTtlMs: number;
  readonly dataSource: DataSourceConfig;
  readonly nonPersonalized: readonly NonPersonalizedConfig[];
  readonly itemToItem: readonly ItemToItemConfig[];
  readonly userToUser: readonly UserToUserConfig[];
  readonly external: readonly ExternalConfig[];
  readonly collaborative: CollaborativeConfig;
  readonly ranker: RankerConfig;
  readonly replacement: ReplacementConfig;
  readonly explore: readonly ExploreConfig[];
  readonly diversity: DiversityConfig;
  readonly fallback: FallbackConfig;
  readonly search: SearchConfig;
}

export interface SearchConfig {
  /** Parts of an item, such as `item.Comment`. */
  readonly columns: readonly string[];
}

export interface DataSourceConfig {
  readonly positiveFeedbackTypes: readonly FeedbackExpression[];
  readonly negativeFeedbackTypes: readonly FeedbackExpression[];
  readonly readFeedbackTypes: readonly FeedbackExpression[];
  /** 0 keeps feedback for ever. */
  readonly positiveFeedbackTtlMs: number;
  /** 0 keeps items for ever. */
  readonly itemTtlMs: number;
}

export interface NonPersonalizedConfig {
  readonly name: string;
  /** Expression over `item` and `feedback` that gives a number. */
  readonly score: string;
  /** Expression that gives a boolean; empty keeps every item. */
  readonly filter: string;
}

export type ItemToItemType = "tags" | "users" | "auto" | "embedding" | "linear";

export interface ItemToItemConfig {
  readonly name: string;
  readonly type: ItemToItemType;
  /** Expression over `item`; empty for all labels. */
  readonly column: string;
}

export type UserToUserType = "tags" | "items" | "auto" | "embedding";

export interface UserToUserConfig {
  readonly name: string;
  readonly type: UserToUserType;
  /** Expression over `user`; empty for all labels. */
  readonly column: string;
}

/** How a model that learns is kept up to date. */
export interface ModelConfig {
  readonly fitPeriodMs: number;
  readonly fitEpoch: number;
  /** 0 never searches for better parameters. */
  readonly optimizePeriodMs: number;
  readonly optimizeTrials: number;
  readonly earlyStopping: EarlyStoppingConfig;
}

export interface CollaborativeConfig extends ModelConfig {
  readonly type: "none" | "mf";
  readonly ensemble: readonly EnsembleModelConfig[];
}

/** A factor model beside the main one. */
export interface EnsembleModelConfig {
  readonly name: string;
  readonly type: "als" | "bpr";
  readonly numFactors: number;
  /** 0 lets everything count the same. */
  readonly debiasing: number;
}

export interface EarlyStoppingConfig {
  /** Epochs without improvement after which a fit ends; 0 never ends it early. */
  readonly patience: number;
}

export interface RerankerApiConfig {
  readonly url: string;
  readonly model: string;
  readonly authToken: string;
  readonly timeoutMs: number;
  /** 0 is no bound. */
  readonly requestsPerMinute: number;
}

export interface RankerConfig extends ModelConfig {
  readonly type: "none" | "fusion" | "fm" | "llm";
  /** Sources of candidates, merged in this order. */
  readonly recommenders: readonly string[];
  /** What each of them counts for `fusion`, in their order; empty = all the same. */
  readonly weights: readonly number[];
  readonly cacheExpireMs: number;
  /** Jinja templates; empty unless the type is `llm`. */
  readonly queryTemplate: string;
  readonly documentTemplate: string;
  readonly rerankerApi: RerankerApiConfig;
}

export interface ExternalConfig {
  readonly name: string;
  readonly script: string;
  readonly allowedHosts: readonly string[];
  readonly timeLimitMs: number;
  readonly memoryLimitMib: number;
}

export interface ReplacementConfig {
  readonly enabled: boolean;
  /** In (0, 1]. */
  readonly positiveDecay: number;
  /** In (0, 1]. */
  readonly readDecay: number;
}

export interface ExploreConfig {
  readonly recommender: string;
  /** In [0, 1]. */
  readonly probability: number;
}

export interface DiversityConfig {
  /** In [0, 1]; 0 leaves lists as they are. */
  readonly strength: number;
}

export interface FallbackConfig {
  readonly recommenders: readonly string[];
}

export interface BlobConfig {
  readonly uri: string;
  readonly s3: S3Config;
  readonly gcs: GcsConfig;
  readonly azure: AzureConfig;
}

/** Empty where nothing is configured. */
export interface S3Config {
  readonly endpoint: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export interface GcsConfig {
  readonly credentialsFile: string;
}

/** Empty where nothing is configured. */
export interface AzureConfig {
  readonly endpoint: string;
  readonly accountName: string;
  readonly accountKey: string;
  readonly connectionString: string;
}
