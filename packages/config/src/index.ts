export { ConfigError, type ConfigProblem } from "./config-error.ts";
export { configForNodes } from "./config-for-nodes.ts";
export { hostWarnings, resolveHost } from "./hosts.ts";
export { configSchema } from "./json-schema.ts";
export { type ConfigKey, configKeys } from "./keys.ts";
export {
  type BlobOptions,
  blobOptions,
  pipelineOptions,
  type RestOptions,
  restOptions,
  type StoreOptions,
  storeOptions,
  trainingOptions,
} from "./library-options.ts";
export { type LoadConfigOptions, type LoadedConfig, loadConfig } from "./load.ts";
export { maskConfig } from "./mask.ts";
export { configReference } from "./reference.ts";
export { recommendToKeep, replaceRecommend } from "./replace-recommend.ts";
export type { KeyKind } from "./section.ts";
export { configDigest, configFromJson, configToJson, configToTable, configToToml } from "./serialize.ts";
export type {
  AzureConfig,
  BlobConfig,
  ClusterConfig,
  CollaborativeConfig,
  DatabaseConfig,
  DataSourceConfig,
  DiversityConfig,
  EarlyStoppingConfig,
  ExploreConfig,
  ExternalConfig,
  FallbackConfig,
  FurzeConfig,
  GcsConfig,
  ItemToItemConfig,
  ItemToItemType,
  MasterConfig,
  MysqlConfig,
  NonPersonalizedConfig,
  PoolConfig,
  RankerConfig,
  RecommendConfig,
  ReplacementConfig,
  S3Config,
  ServerConfig,
  UserToUserConfig,
  UserToUserType,
  WorkerConfig,
} from "./types.ts";
