/** Options of every call that does I/O or runs long. */
export interface CallOptions {
  /** Ends the call early with an `AbortError`. */
  readonly signal?: AbortSignal | undefined;
}

/** Progress of a long call: `done` of `total` steps; `total` may grow while the work is being found. */
export interface Progress {
  readonly done: number;
  readonly total: number;
}

export type ProgressListener = (progress: Progress) => void;
