import { setTimeout as delay } from "node:timers/promises";
import { type Clock, systemClock } from "@furze/core";
import type { WireTask } from "../rest/wire.ts";

/** The part of `TaskClient` that is used. */
export interface TaskSource {
  tasks(options: { readonly signal: AbortSignal }): Promise<readonly WireTask[]>;
  run(options: { readonly signal: AbortSignal }): Promise<boolean>;
}

export interface TrainingWatchOptions {
  readonly source: TaskSource;
  /** Whether a list can be read that says more than a fallback does. */
  readonly hasLists: () => Promise<boolean>;
  /** Told about the tasks of this training as they go on. */
  readonly onTasks: (tasks: readonly WireTask[]) => void;
  readonly signal: AbortSignal;
  /** Without any change of any task for so long the watch gives up. Default 120,000. */
  readonly stallMs?: number | undefined;
  /** Default 200. */
  readonly pollMs?: number | undefined;
  readonly clock?: Clock | undefined;
}

/** The worker's task that makes the lists; all others belong to the training. */
export const LIST_TASK = "Generate recommendation";

/**
 * Starts a training and waits until the lists that come of it can be read.
 *
 * @returns false when nothing moved for `stallMs`
 */
export async function trainAndWait(options: TrainingWatchOptions): Promise<boolean> {
  const { source, signal, stallMs = 120_000, pollMs = 200, clock = systemClock } = options;
  const sinceMs = clock.now();
  let isStarted = false;
  let lastChangeMs = sinceMs;
  let lastState = "";
  for (;;) {
    // A cycle that is under way may have read the data before they were complete, so a new one has to follow it.
    isStarted ||= await source.run({ signal });
    const tasks = (await source.tasks({ signal })).filter((task) => Date.parse(task.StartTime) >= sinceMs);
    options.onTasks(tasks);
    if (isStarted && tasks.some(isDoneListTask) && (isSettled(tasks) || (await options.hasLists()))) return true;
    const state = JSON.stringify([isStarted, tasks]);
    if (state !== lastState) lastChangeMs = clock.now();
    lastState = state;
    if (clock.now() - lastChangeMs >= stallMs) return false;
    await delay(pollMs, undefined, { signal });
  }
}

/** Whether lists were made after the last task of the training had ended: nothing better will come. */
export function isSettled(tasks: readonly WireTask[]): boolean {
  const training = tasks.filter((task) => task.Name !== LIST_TASK);
  if (training.length === 0 || training.some((task) => task.Status === "Running" || task.Status === "Pending")) return false;
  const endMs = Math.max(...training.map((task) => Date.parse(task.FinishTime)));
  return tasks.some((task) => isDoneListTask(task) && Date.parse(task.StartTime) >= endMs);
}

function isDoneListTask(task: WireTask): boolean {
  return task.Name === LIST_TASK && task.Status === "Complete";
}
