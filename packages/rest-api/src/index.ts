export { createMasterApi, createRestApi } from "./create-rest-api.ts";
export { ListenError, type ListenOptions, listen, type RunningServer } from "./listen.ts";
export type { FeedbackListener, MasterApiDependencies, RestApiDependencies, RestApiOptions } from "./options.ts";
export type {
  ClusterNodeInfo,
  ClusterSource,
  MetricsPort,
  Readiness,
  RequestHistogram,
  TaskSource,
  Trainer,
} from "./ports.ts";
