import { type Clock, InvalidArgumentError, type Progress, systemClock, type TaskProgress, type TaskStatus } from "@furze/core";

export type TaskListener = (task: TaskProgress) => void;

export interface ProgressTrackerOptions {
  /** Names the process in each task, such as `master`. */
  readonly tracer: string;
  /** Default the system clock. */
  readonly clock?: Clock | undefined;
}

/**
 * One run of a task, or one part of it. Steps are counted in any unit; `done` never passes `total`, unless `total` is 0: not known yet.
 * After `complete` or `fail` nothing changes any more.
 */
export interface TaskHandle {
  /** Counts `steps` more as done; default 1. */
  advance(steps?: number): void;
  /** Sets both counts; fits the `onProgress` option of libraries. */
  readonly report: (progress: Progress) => void;
  /**
   * Starts a part that stands for one step of this task. While it runs this task's counts are multiplied by the part's total, so
   * that its inner progress shows; when it completes this task advances by one. A part that fails leaves this task as it is.
   */
  child(name: string, total: number): TaskHandle;
  complete(): void;
  /** Ends the run; `error` shows as the task's error. */
  fail(error: unknown): void;
  /** Waits for something else; the next progress or `resume` makes it run again. */
  suspend(): void;
  resume(): void;
  progress(): TaskProgress;
}

/** The tasks of one process and how far each is: holds the last run of each name, in the order of their start. */
export class ProgressTracker {
  readonly #tasks = new Map<string, Task>();
  readonly #listeners = new Set<TaskListener>();
  readonly #tracer: string;
  readonly #clock: Clock;

  constructor(options: ProgressTrackerOptions) {
    this.#tracer = options.tracer;
    this.#clock = options.clock ?? systemClock;
  }

  /** Shows a task that is known but has not begun, as Pending. A task of this name that exists stays as it is. */
  declare(name: string): void {
    if (!this.#tasks.has(name)) this.#put(name, 0, "Pending");
  }

  /**
   * Begins a run, which replaces the last one of the same name.
   *
   * @param total steps to do; 0 when not known yet
   * @throws {InvalidArgumentError} when `total` is negative or not finite
   */
  start(name: string, total: number): TaskHandle {
    return this.#put(name, total, "Running");
  }

  /** All tasks: started ones in the order of their start, then pending ones. */
  snapshot(): TaskProgress[] {
    const tasks = [...this.#tasks.values()].map((task) => task.progress());
    return [...tasks.filter((task) => task.status !== "Pending"), ...tasks.filter((task) => task.status === "Pending")];
  }

  /** Whether a task runs, or waits for something else. */
  get isBusy(): boolean {
    return this.snapshot().some(({ status }) => status === "Running" || status === "Suspended");
  }

  /** Calls `listener` after each change of a task, parts included. @returns a function that ends it */
  onChange(listener: TaskListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  #put(name: string, total: number, status: "Pending" | "Running"): Task {
    const task = new Task(
      { tracer: this.#tracer, name, clock: this.#clock, onChange: () => this.#changed(task) },
      total,
      status,
    );
    // Deleted first, because a map keeps the place of a key that it has.
    this.#tasks.delete(name);
    this.#tasks.set(name, task);
    this.#changed(task);
    return task;
  }

  #changed(task: Task): void {
    // A run that was replaced may still be winding down; nobody should take it for the new one.
    if (this.#listeners.size === 0 || this.#tasks.get(task.name) !== task) return;
    const progress = task.progress();
    for (const listener of this.#listeners) listener(progress);
  }
}

interface TaskContext {
  readonly tracer: string;
  readonly name: string;
  readonly clock: Clock;
  readonly onChange: () => void;
}

class Task implements TaskHandle {
  readonly name: string;
  readonly #context: TaskContext;
  readonly #running = new Set<Task>();
  readonly #startedMs: number | undefined;
  #status: TaskStatus;
  #done = 0;
  #total: number;
  #error: string | undefined;
  #finishedMs: number | undefined;

  constructor(context: TaskContext, total: number, status: "Pending" | "Running") {
    checkCount("total", total);
    this.name = context.name;
    this.#context = context;
    this.#total = total;
    this.#status = status;
    this.#startedMs = status === "Running" ? context.clock.now() : undefined;
  }

  advance(steps = 1): void {
    this.report({ done: this.#done + steps, total: this.#total });
  }

  readonly report = (progress: Progress): void => {
    checkCount("done", progress.done);
    checkCount("total", progress.total);
    if (this.#isOver()) return;
    this.#total = progress.total;
    // A total of 0 means unknown.
    this.#done = progress.total > 0 ? Math.min(progress.done, progress.total) : progress.done;
    this.#status = "Running";
    this.#context.onChange();
  };

  child(name: string, total: number): TaskHandle {
    const onChange = () => {
      if (child.#isOver() && this.#running.delete(child) && child.#status === "Complete") this.advance();
      else this.#context.onChange();
    };
    const child = new Task({ ...this.#context, name, onChange }, total, "Running");
    this.#running.add(child);
    this.#context.onChange();
    return child;
  }

  complete(): void {
    this.#end("Complete");
  }

  fail(error: unknown): void {
    if (this.#isOver()) return;
    this.#error = error instanceof Error ? error.message : String(error);
    this.#end("Failed");
  }

  suspend(): void {
    this.#setStatus("Suspended");
  }

  resume(): void {
    this.#setStatus("Running");
  }

  progress(): TaskProgress {
    return {
      tracer: this.#context.tracer,
      name: this.name,
      status: this.#status,
      error: this.#error,
      ...this.#counts(),
      startedMs: this.#startedMs,
      finishedMs: this.#finishedMs,
    };
  }

  /** With one running part: done * its total + its done, of total * its total. Several parts are brought to one scale first. */
  #counts(): Progress {
    const parts = [...this.#running].map((child) => child.#counts()).filter((part) => part.total > 0);
    const scale = Math.max(1, ...parts.map((part) => part.total));
    const inner = parts.reduce((sum, part) => sum + (part.done * scale) / part.total, 0);
    const total = this.#total * scale;
    const done = Math.round(this.#done * scale + inner);
    return { done: total > 0 ? Math.min(total, done) : done, total };
  }

  #end(status: "Complete" | "Failed"): void {
    if (this.#isOver()) return;
    this.#running.clear();
    if (status === "Complete") {
      this.#total = Math.max(this.#total, this.#done);
      this.#done = this.#total;
    }
    this.#finishedMs = this.#context.clock.now();
    this.#setStatus(status);
  }

  #setStatus(status: TaskStatus): void {
    if (this.#isOver() || this.#status === status) return;
    this.#status = status;
    this.#context.onChange();
  }

  #isOver(): boolean {
    return this.#status === "Complete" || this.#status === "Failed";
  }
}

function checkCount(path: string, value: number): void {
  if (!Number.isFinite(value) || value < 0) throw new InvalidArgumentError(path, `${path} must be 0 or more, got ${value}`);
}
