export type TaskStatus = "Pending" | "Running" | "Complete" | "Suspended" | "Failed";

/** State of one background task, as the processes of a cluster report it and the admin API shows it. */
export interface TaskProgress {
  /** The process that runs the task, such as `master`. */
  readonly tracer: string;
  readonly name: string;
  readonly status: TaskStatus;
  /** Why the task failed; `undefined` when it did not. */
  readonly error: string | undefined;
  readonly done: number;
  readonly total: number;
  /** UTC milliseconds; `undefined` before the start. */
  readonly startedMs: number | undefined;
  /** UTC milliseconds; `undefined` before the end. */
  readonly finishedMs: number | undefined;
}
