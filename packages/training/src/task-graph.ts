import {
  type CallOptions,
  FurzeError,
  InvalidArgumentError,
  type Logger,
  type ProgressListener,
  silentLogger,
} from "@furze/core";

/** One running task as its reporter sees it; `TaskHandle` of `@furze/telemetry` fits. */
export interface ReportedTask {
  readonly report: ProgressListener;
  complete(): void;
  fail(error: unknown): void;
  /** The task has been given up and will be started again. */
  suspend(): void;
}

/** Where progress goes; `ProgressTracker` of `@furze/telemetry` fits. */
export interface TaskReporter {
  /** Shows a task that has not begun. */
  declare(name: string): void;
  start(name: string, total: number): ReportedTask;
}

export interface TaskContext {
  readonly signal: AbortSignal;
  readonly report: ProgressListener;
}

export interface Task {
  /** Unique in its graph. */
  readonly name: string;
  /** Names of the tasks that must have completed before. Default none. */
  readonly after?: readonly string[] | undefined;
  run(context: TaskContext): Promise<void>;
}

export type TaskOutcome = "complete" | "failed" | "skipped";

export interface RunTasksOptions extends CallOptions {
  /** How many tasks run side by side, > 0. */
  readonly jobs: number;
  readonly reporter: TaskReporter;
  readonly logger?: Logger | undefined;
}

/**
 * Runs a graph of tasks: each starts as soon as those it comes after have completed, at most `jobs` at once, in the order given.
 * A task that fails takes down those that depend on it, nobody else; they are reported as failed with the reason.
 *
 * @returns the outcome of each task by name
 * @throws {InvalidArgumentError} if a name is unknown, stands twice, or tasks wait for each other
 * @throws {AbortError} when `signal` ended the run, after all running tasks have stopped
 */
export async function runTasks(tasks: readonly Task[], options: RunTasksOptions): Promise<ReadonlyMap<string, TaskOutcome>> {
  checkGraph(tasks);
  const run = new TaskRun(tasks, options);
  return run.finish();
}

class TaskRun {
  readonly #options: RunTasksOptions;
  readonly #signal: AbortSignal;
  readonly #waiting: Task[];
  readonly #running = new Map<string, Promise<void>>();
  readonly #outcomes = new Map<string, TaskOutcome>();

  constructor(tasks: readonly Task[], options: RunTasksOptions) {
    this.#options = options;
    this.#signal = options.signal ?? new AbortController().signal;
    this.#waiting = [...tasks];
  }

  async finish(): Promise<ReadonlyMap<string, TaskOutcome>> {
    for (const task of this.#waiting) this.#options.reporter.declare(task.name);
    while (this.#waiting.length > 0 || this.#running.size > 0) {
      if (this.#signal.aborted) this.#waiting.length = 0;
      this.#startReady();
      if (this.#running.size > 0) await Promise.race(this.#running.values());
    }
    if (this.#signal.aborted) throw new FurzeError("ABORTED", "The tasks were aborted.", { cause: this.#signal.reason });
    return this.#outcomes;
  }

  #startReady(): void {
    for (const task of [...this.#waiting]) {
      if (this.#running.size >= this.#options.jobs) return;
      const outcomes = (task.after ?? []).map((name) => this.#outcomes.get(name));
      if (outcomes.some((outcome) => outcome === "failed" || outcome === "skipped")) this.#skip(task);
      else if (outcomes.every((outcome) => outcome === "complete")) this.#start(task);
    }
  }

  #start(task: Task): void {
    this.#waiting.splice(this.#waiting.indexOf(task), 1);
    const running = this.#execute(task).then((outcome) => {
      this.#outcomes.set(task.name, outcome);
      this.#running.delete(task.name);
    });
    this.#running.set(task.name, running);
  }

  #skip(task: Task): void {
    this.#waiting.splice(this.#waiting.indexOf(task), 1);
    const cause = (task.after ?? []).find((name) => this.#outcomes.get(name) !== "complete");
    this.#outcomes.set(task.name, "skipped");
    this.#options.reporter.start(task.name, 1).fail(`skipped, because "${cause}" did not complete`);
  }

  async #execute(task: Task): Promise<TaskOutcome> {
    const reported = this.#options.reporter.start(task.name, 1);
    try {
      await task.run({ signal: this.#signal, report: reported.report });
      reported.complete();
      return "complete";
    } catch (error) {
      if (this.#signal.aborted) {
        reported.suspend();
        return "skipped";
      }
      reported.fail(error);
      (this.#options.logger ?? silentLogger).error("task failed", { task: task.name, error });
      return "failed";
    }
  }
}

function checkGraph(tasks: readonly Task[]): void {
  const names = new Set(tasks.map((task) => task.name));
  if (names.size < tasks.length) throw new InvalidArgumentError("tasks", "two tasks have the same name");
  const done = new Set<string>();
  let open = [...tasks];
  for (const { name, after = [] } of tasks) {
    const unknown = after.find((other) => !names.has(other));
    if (unknown !== undefined)
      throw new InvalidArgumentError("tasks", `task "${name}" comes after "${unknown}", which is no task`);
  }
  while (open.length > 0) {
    const ready = open.filter(({ after = [] }) => after.every((name) => done.has(name)));
    if (ready.length === 0) {
      throw new InvalidArgumentError("tasks", `tasks wait for each other: ${open.map((task) => task.name).join(", ")}`);
    }
    for (const task of ready) done.add(task.name);
    open = open.filter((task) => !done.has(task.name));
  }
}
