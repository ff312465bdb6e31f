export { createMasterApi, createRestApi, createStatusApi } from "./create-rest-api.ts";
export type { Compatibility } from "./dialect/dialect.ts";
export { ListenError, type ListenOptions, listen, type RunningServer } from "./listen.ts";
export { LiveApp, type ServedApp } from "./live-app.ts";
export type {
  FeedbackListener,
  MasterApiDependencies,
  RestApiDependencies,
  RestApiOptions,
  StatusApiDependencies,
} from "./options.ts";
export type {
  ClusterNodeInfo,
  ClusterSource,
  ConfigurationSource,
  FilledPrompt,
  FittedModel,
  MetricsPort,
  PromptPreview,
  PromptTemplates,
  Readiness,
  RequestHistogram,
  ScriptPreview,
  TaskSource,
  Trainer,
} from "./ports.ts";
export type { QuotaOptions } from "./quota/quotas.ts";
export { Sessions, type SessionsOptions } from "./sessions.ts";
