import type { CallOptions, TaskProgress, UserId } from "@furze/core";

/** What `/api/health/ready` reports of a store; texts are shown to anyone, so they must not name hosts or credentials. */
export interface Readiness {
  /** Why the data store cannot be used; `undefined` when it can. */
  readonly dataStoreError: string | undefined;
  readonly cacheStoreError: string | undefined;
}

/** Where request times go; `Metrics` of `@furze/telemetry` fits. */
export interface MetricsPort {
  /** MIME type of what `metricsText` returns. */
  readonly contentType: string;
  histogram(options: { name: string; help: string; labelNames: readonly ("api" | "status")[] }): RequestHistogram;
  /** All metrics of the process in the Prometheus text format. */
  metricsText(): Promise<string>;
}

export interface RequestHistogram {
  observe(labels: { api: string; status: string }, seconds: number): void;
}

/** Tasks of the cluster, in the order to show them. */
export interface TaskSource {
  tasks(): readonly TaskProgress[];
}

/** One live process of the cluster; `ClusterMember` of `@furze/protocol` fits. */
export interface ClusterNodeInfo {
  readonly nodeId: string;
  readonly hostname: string;
  readonly kind: "master" | "server" | "worker";
  readonly version: string;
  /** When it was last heard of, UTC milliseconds. */
  readonly lastSeenMs: number;
}

export interface ClusterSource {
  nodes(): readonly ClusterNodeInfo[];
}

/** A model as training has made it; `StoredModel` of `@furze/training` fits. */
export interface FittedModel {
  readonly kind: string;
  /** UTC milliseconds. */
  readonly fittedMs: number;
}

export interface Trainer {
  /** What training has made so far. */
  readonly state: { readonly models: readonly FittedModel[] };
  /** Starts a training cycle now, without waiting for its end. @returns false when one runs already */
  trigger(): boolean | Promise<boolean>;
}

/** The configuration of the system, and the part of it that can be replaced while it runs. */
export interface ConfigurationSource {
  /** As people may see it: without secrets, as a file would hold it. */
  shown(): Readonly<Record<string, unknown>>;
  /** JSON Schema of that. */
  readonly schema: Readonly<Record<string, unknown>>;
  /**
   * Puts other values in the place of the file's section `recommend`; they hold until `reset`, over restarts too. Masked secrets stand
   * for those that there are.
   *
   * @throws {FurzeError} INVALID_CONFIG when they cannot be meant; nothing changes then
   */
  replaceRecommend(values: Readonly<Record<string, unknown>>): Promise<void>;
  /** Goes back to the file's section. */
  reset(): Promise<void>;
}

/** Jinja templates of the ranker `llm`. */
export interface PromptTemplates {
  readonly query: string;
  readonly document: string;
}

/** What templates make: one query about a user, and one document an item. */
export interface FilledPrompt {
  readonly query: string;
  readonly documents: readonly string[];
}

/** Fills templates in for a user. @throws {NotFoundError} when there is no such user @throws {FurzeError} INVALID_ARGUMENT for what is no template, or does not fit */
export type PromptPreview = (templates: PromptTemplates, userId: UserId, options: CallOptions) => Promise<FilledPrompt>;

/** Runs the text of a script. @returns ids of items, best first @throws {FurzeError} when it fails, with a message for its author */
export type ScriptPreview = (script: string, userId: UserId, options: CallOptions) => Promise<readonly string[]>;
