import { itemEnvironment, leaderboardEnvironment, userEnvironment } from "@furze/expression";
import { blob } from "./blob.ts";
import { clientName, mysql, postgres } from "./database.ts";
import { expression } from "./expression-leaf.ts";
import { days, duration, integer } from "./leaves.ts";
import { llmRankerKeys } from "./llm-ranker.ts";
import { share, weights } from "./number-leaf.ts";
import { cluster, master, quota, server, worker } from "./processes.ts";
import { type Section, section, table, tables } from "./section.ts";
import { diversity, explore, external, replacement } from "./stages.ts";
import { choice, feedbackTypes, itemColumns, list, optionalText, requiredText, text } from "./text-leaves.ts";
import type {
  CollaborativeConfig,
  DatabaseConfig,
  DataSourceConfig,
  EarlyStoppingConfig,
  EnsembleModelConfig,
  FallbackConfig,
  FurzeConfig,
  ItemToItemConfig,
  NonPersonalizedConfig,
  RankerConfig,
  RecommendConfig,
  SearchConfig,
  UserToUserConfig,
} from "./types.ts";
import { storeUri } from "./uri-leaves.ts";

const database = section<DatabaseConfig>({
  dataStore: storeUri("data_store", {
    description: "Where users, items and feedback are kept.",
    default: "sqlite://~/.furze/var/lib/data.sqlite",
    backend: "data",
    supported: [
      ...["sqlite://", "postgres://", "postgresql://", "mysql://", "mongodb://", "mongodb+srv://"],
      ...["clickhouse://", "chhttp://", "chhttps://"],
    ],
  }),
  cacheStore: storeUri("cache_store", {
    description: "Where ranked lists, values and time series are kept.",
    default: "sqlite://~/.furze/var/lib/cache.sqlite",
    backend: "cache",
    supported: [
      ...["sqlite://", "postgres://", "postgresql://", "mysql://", "mongodb://", "mongodb+srv://"],
      ...["redis://", "rediss://", "redis+cluster://", "rediss+cluster://"],
    ],
  }),
  tablePrefix: text("table_prefix", { description: "Begins the names of all tables.", default: "" }),
  dataTablePrefix: optionalText("data_table_prefix", {
    description: "The same for the data store only; table_prefix when absent.",
  }),
  cacheTablePrefix: optionalText("cache_table_prefix", {
    description: "The same for the cache store only; table_prefix when absent.",
  }),
  cacheClientName: clientName("cache_client_name", {
    description: "Name under which Redis shows the connections (`CLIENT LIST`).",
    default: "furze",
  }),
  mysql: table("mysql", mysql),
  postgres: table("postgres", postgres),
});

const dataSource = section<DataSourceConfig>({
  positiveFeedbackTypes: feedbackTypes("positive_feedback_types", { description: "Feedback that shows liking.", default: [] }),
  negativeFeedbackTypes: feedbackTypes("negative_feedback_types", { description: "Feedback that shows dislike.", default: [] }),
  readFeedbackTypes: feedbackTypes("read_feedback_types", {
    description: "Feedback that shows an item was seen.",
    default: [],
  }),
  positiveFeedbackTtlMs: days("positive_feedback_ttl", { description: "Days that feedback counts; 0 for ever.", default: 0 }),
  itemTtlMs: days("item_ttl", { description: "Days that items are recommended; 0 for ever.", default: 0 }),
});

const nonPersonalized = section<NonPersonalizedConfig>({
  name: requiredText("name", { description: "Name of the list." }),
  score: expression("score", {
    description: "Number by which items are ranked.",
    environment: leaderboardEnvironment,
    resultType: "number",
    isRequired: true,
  }),
  filter: expression("filter", {
    description: "Keeps the items for which it is true.",
    default: "",
    environment: leaderboardEnvironment,
    resultType: "boolean",
  }),
});

const itemToItem = section<ItemToItemConfig>({
  name: requiredText("name", { description: "Name of the recommender." }),
  type: choice("type", {
    description: "What makes items similar.",
    choices: ["tags", "users", "auto", "embedding", "linear"],
    missing: { chat: "recommenders that ask a language model" },
  }),
  column: expression("column", {
    description: "Labels that are compared, all when empty; for embedding the list of numbers.",
    default: "",
    environment: itemEnvironment,
    resultType: "any",
  }),
});

const userToUser = section<UserToUserConfig>({
  name: requiredText("name", { description: "Name of the recommender." }),
  type: choice("type", {
    description: "What makes users similar.",
    choices: ["tags", "items", "auto", "embedding"],
  }),
  column: expression("column", {
    description: "Labels that are compared, all when empty; for embedding the list of numbers.",
    default: "",
    environment: userEnvironment,
    resultType: "any",
  }),
});

const earlyStopping = section<EarlyStoppingConfig>({
  patience: integer("patience", {
    description: "Epochs without improvement that end a fit; 0 is off.",
    default: 10,
    minimum: 0,
  }),
});

/** Keys of both models that learn. */
const training = {
  fitPeriodMs: duration("fit_period", { description: "Time between two fits.", default: "60m", minimum: 1 }),
  fitEpoch: integer("fit_epoch", { description: "Epochs of one fit.", default: 100, minimum: 1 }),
  optimizePeriodMs: duration("optimize_period", {
    description: "Time between two searches for better parameters; 0 is off.",
    default: "0s",
    minimum: 0,
  }),
  optimizeTrials: integer("optimize_trials", {
    description: "Models that one search tries at most; of weights for fusion, which cost little, twenty times as many.",
    default: 10,
    minimum: 1,
  }),
  earlyStopping: table("early_stopping", earlyStopping),
} as const;

const ensembleModel = section<EnsembleModelConfig>({
  name: requiredText("name", { description: "Its recommender is `collaborative/NAME`." }),
  type: choice("type", {
    description: "How it is fitted: alternating least squares, or Bayesian personalized ranking.",
    choices: ["als", "bpr"],
  }),
  numFactors: integer("factors", {
    description: "Length of its factors.",
    default: 64,
    minimum: 1,
    maximum: 1024,
  }),
  debiasing: share("debiasing", {
    description: "How much less feedback of active users and on popular items counts for it; 0 is off, 0.3 is a good start.",
    default: 0,
    isZeroAllowed: true,
  }),
});

const collaborative = section<CollaborativeConfig>({
  type: choice("type", { description: "Model of collaborative filtering.", default: "none", choices: ["none", "mf"] }),
  ...training,
  ensemble: tables("ensemble", ensembleModel),
});

const ranker = section<RankerConfig>({
  type: choice("type", {
    description:
      "How candidates are ranked; none merges the recommenders in order, fusion weighs what all of them say, fm learns from ids and labels, llm asks a language model.",
    default: "none",
    choices: ["none", "fusion", "fm", "llm"],
  }),
  recommenders: list("recommenders", { description: "Sources of candidates, in order.", default: ["latest"] }),
  weights: weights("weights", {
    description:
      "What each of the recommenders counts when the type is fusion, in their order; all the same when empty. With optimize_period, only until a search has found better ones.",
    default: [],
  }),
  cacheExpireMs: duration("cache_expire", {
    description: "Age at which lists of inactive users are made again.",
    default: "120h",
    minimum: 1,
  }),
  ...training,
  ...llmRankerKeys,
});

const fallback = section<FallbackConfig>({
  recommenders: list("recommenders", {
    description: "Sources that fill an answer whose list is too short.",
    default: ["latest"],
  }),
});

const search = section<SearchConfig>({
  columns: itemColumns("columns", {
    description: "Parts of items that search looks into; it is off without any.",
    default: [],
    range: "`item.ItemId`, `item.Categories`, `item.Comment`, `item.Labels`, `item.Labels.KEY`",
  }),
});

const recommend = section<RecommendConfig>({
  cacheSize: integer("cache_size", { description: "Length of every list that is kept.", default: 100, minimum: 1 }),
  cacheExpireMs: duration("cache_expire", { description: "Age at which a list is made again.", default: "72h", minimum: 1 }),
  contextSize: integer("context_size", {
    description: "Newest positive feedback rows that stand for a user.",
    default: 100,
    minimum: 1,
  }),
  activeUserTtlMs: days("active_user_ttl", {
    description: "Days after which a silent user gets no lists; 0 is off.",
    default: 0,
  }),
  dataSource: table("data_source", dataSource),
  nonPersonalized: tables("non-personalized", nonPersonalized),
  itemToItem: tables("item-to-item", itemToItem),
  userToUser: tables("user-to-user", userToUser),
  external: tables("external", external),
  collaborative: table("collaborative", collaborative),
  ranker: table("ranker", ranker),
  replacement: table("replacement", replacement),
  explore: tables("explore", explore),
  diversity: table("diversity", diversity),
  fallback: table("fallback", fallback),
  search: table("search", search),
});

/** The one description of the configuration: files, environment variables, defaults and JSON all come from it. */
export const configSection: Section<FurzeConfig> = section<FurzeConfig>({
  database: table("database", database),
  master: table("master", master),
  cluster: table("cluster", cluster),
  server: table("server", server),
  quota: table("quota", quota),
  worker: table("worker", worker),
  recommend: table("recommend", recommend),
  blob: table("blob", blob),
});
