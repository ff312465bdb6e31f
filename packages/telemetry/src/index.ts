export { limitHeapGrowth } from "./heap-growth.ts";
export { createLogger, type LogFormat, type LoggerOptions, type LogLevel } from "./logger.ts";
export { type HistogramOptions, type MetricOptions, Metrics } from "./metrics.ts";
export { type ProgressBarOptions, renderProgressBar } from "./progress-bar.ts";
export { ProgressTracker, type ProgressTrackerOptions, type TaskHandle, type TaskListener } from "./progress-tracker.ts";
export { isSecretName, REDACTED, redact, redactText } from "./redact.ts";
export { type RunningProcess, type RunProcessOptions, runProcess } from "./run-process.ts";
export { type RunReplicasOptions, runReplicas } from "./run-replicas.ts";
export { type ProgressStream, TerminalProgress, type TerminalProgressOptions } from "./terminal-progress.ts";
