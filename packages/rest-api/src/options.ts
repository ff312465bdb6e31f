import {
  type Clock,
  type Feedback,
  type FeedbackExpression,
  InvalidArgumentError,
  type Logger,
  silentLogger,
  systemClock,
} from "@furze/core";
import type { ItemEditor, RecommenderService } from "@furze/recommend";
import type { CacheStore, DataStore } from "@furze/storage";
import { type Compatibility, DIALECTS, type Dialect } from "./dialect/dialect.ts";
import type {
  ClusterSource,
  ConfigurationSource,
  MetricsPort,
  PromptPreview,
  Readiness,
  ScriptPreview,
  TaskSource,
  Trainer,
} from "./ports.ts";
import { createQuotas, type QuotaOptions, type Quotas } from "./quota/quotas.ts";
import type { Sessions } from "./sessions.ts";

export interface RestApiOptions {
  /** Callers send it as `X-API-Key`. Default `""`: everybody may call, so listen on loopback only. */
  readonly apiKey?: string | undefined;
  /** Opens the admin routes, and all others too. Default `""`: `apiKey` opens them. */
  readonly adminApiKey?: string | undefined;
  /** `n` of a request that does not say. Default 10. */
  readonly defaultLimit?: number | undefined;
  /** Largest `n` and `offset` a caller may ask for; bounds the size of an answer. Default 10,000. */
  readonly maxLimit?: number | undefined;
  /** Largest request body in bytes. Default 64 MiB, about 500,000 rows of feedback. */
  readonly maxBodyBytes?: number | undefined;
  /** How much callers may store. Default: no bounds. */
  readonly quota?: QuotaOptions | undefined;
  /** Version of Gorse whose requests and answers are spoken where they differ. Default `v0.5`. */
  readonly compatibility?: Compatibility | undefined;
  /** How far a feedback's time may lie ahead of this machine's clock and the row still show. Default 5,000. */
  readonly clockErrorMs?: number | undefined;
  /** Create users that feedback names and nobody inserted; otherwise such rows are rejected. Default true. */
  readonly autoInsertUsers?: boolean | undefined;
  readonly autoInsertItems?: boolean | undefined;
  /** Whether items can be searched; columns must be set in the data store. Default false: `q` is refused. */
  readonly itemSearch?: boolean | undefined;
  /** Non-personalized recommender behind the `popular` routes of v0.4. Default `popular`. */
  readonly popularRecommender?: string | undefined;
  /** Regular expressions of origins that browsers may call from. Default none: any origin. */
  readonly corsDomains?: readonly string[] | undefined;
  /** Methods that a preflight answer allows. Default GET, POST, PUT, DELETE, PATCH. */
  readonly corsMethods?: readonly string[] | undefined;
}

/** Called after feedback is stored and before the answer; what it throws is logged, never sent. */
export type FeedbackListener = (rows: readonly Feedback[]) => void;

export interface StatusApiDependencies {
  readonly dataStore: DataStore;
  readonly cacheStore: CacheStore;
  readonly options?: RestApiOptions | undefined;
  /** One debug line per request, an error line per failure of the server. Default: silent. */
  readonly logger?: Logger | undefined;
  /** Default: no metrics, and no `/metrics`. */
  readonly metrics?: MetricsPort | undefined;
  /** Default: both stores answer a ping. */
  readonly readiness?: (() => Promise<Readiness>) | undefined;
}

export interface RestApiDependencies extends StatusApiDependencies {
  readonly recommender: RecommenderService;
  readonly itemEditor: ItemEditor;
  /** Default: the system's. */
  readonly clock?: Clock | undefined;
  readonly onFeedback?: FeedbackListener | undefined;
}

export interface MasterApiDependencies extends RestApiDependencies {
  readonly tasks: TaskSource;
  readonly cluster: ClusterSource;
  readonly trainer: Trainer;
  /** Default: the configuration is neither shown nor changed. */
  readonly configuration?: ConfigurationSource | undefined;
  /** Lets an administrator sign in; then the key of the API alone does not open the admin routes. Default: nobody can. */
  readonly sessions?: Sessions | undefined;
  /** What counts as positive when the feedback of a user is shown. Default: all feedback. */
  readonly positiveFeedback?: readonly FeedbackExpression[] | undefined;
  /** Runs a script for a user, within limits, and gives what it recommends. Default: scripts cannot be tried. */
  readonly runScript?: ScriptPreview | undefined;
  /** Fills in templates of the ranker `llm`. Default: templates cannot be tried. */
  readonly previewPrompt?: PromptPreview | undefined;
  /** Version of the process. Default `unknown-version`. */
  readonly version?: string | undefined;
}

type Resolved<T> = { readonly [Key in keyof T]-?: Exclude<T[Key], undefined> };

/** What every process has, with the defaults filled in. */
export interface StatusContext extends Omit<StatusApiDependencies, "options" | "logger"> {
  readonly options: Resolved<RestApiOptions>;
  readonly logger: Logger;
}

/** What the routes of the REST API are built on. */
export interface ApiContext extends StatusContext, Omit<RestApiDependencies, "options" | "clock" | "logger"> {
  readonly clock: Clock;
  readonly quotas: Quotas;
  readonly dialect: Dialect;
}

/** What the routes of a master are built on. */
export interface MasterContext
  extends ApiContext,
    Pick<
      MasterApiDependencies,
      "tasks" | "cluster" | "trainer" | "configuration" | "sessions" | "runScript" | "previewPrompt"
    > {
  readonly positiveFeedback: readonly FeedbackExpression[] | undefined;
  readonly version: string;
}

/** As `resolveContext`, for a master. */
export function resolveMasterContext(dependencies: MasterApiDependencies): MasterContext {
  const { version = "unknown-version", positiveFeedback } = dependencies;
  return { ...dependencies, ...resolveContext(dependencies), version, positiveFeedback };
}

/** @throws {InvalidArgumentError} for a limit that is not a whole number >= 0, and a version that is not spoken */
export function resolveContext(dependencies: RestApiDependencies): ApiContext {
  const status = resolveStatusContext(dependencies);
  const { quota, compatibility } = status.options;
  const clock = dependencies.clock ?? systemClock;
  const dialect = Object.hasOwn(DIALECTS, compatibility) ? DIALECTS[compatibility] : undefined;
  if (dialect === undefined) {
    const versions = Object.keys(DIALECTS).join(", ");
    throw new InvalidArgumentError("options.compatibility", `compatibility must be one of ${versions}, got ${compatibility}`);
  }
  return { ...dependencies, ...status, clock, dialect, quotas: createQuotas(quota, dependencies.dataStore, clock) };
}

/** As `resolveContext`, for a process without the REST API. */
export function resolveStatusContext(dependencies: StatusApiDependencies): StatusContext {
  const given = dependencies.options ?? {};
  const options: Resolved<RestApiOptions> = {
    apiKey: given.apiKey ?? "",
    adminApiKey: given.adminApiKey ?? "",
    defaultLimit: given.defaultLimit ?? 10,
    maxLimit: given.maxLimit ?? 10_000,
    maxBodyBytes: given.maxBodyBytes ?? 64 * 1024 * 1024,
    quota: given.quota ?? {},
    compatibility: given.compatibility ?? "v0.5",
    clockErrorMs: given.clockErrorMs ?? 5_000,
    autoInsertUsers: given.autoInsertUsers ?? true,
    autoInsertItems: given.autoInsertItems ?? true,
    itemSearch: given.itemSearch ?? false,
    popularRecommender: given.popularRecommender ?? "popular",
    corsDomains: given.corsDomains ?? [],
    corsMethods: given.corsMethods ?? ["GET", "POST", "PUT", "DELETE", "PATCH"],
  };
  for (const name of ["defaultLimit", "maxLimit", "maxBodyBytes", "clockErrorMs"] as const) {
    const value = options[name];
    if (!Number.isInteger(value) || value < 0) {
      throw new InvalidArgumentError(`options.${name}`, `${name} must be a whole number of at least 0, got ${value}`);
    }
  }
  return {
    ...dependencies,
    options,
    logger: (dependencies.logger ?? silentLogger).child({ component: "rest-api" }),
  };
}
