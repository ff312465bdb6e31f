import { type ProgressStream, TerminalProgress } from "@furze/telemetry";
import type { WireTask } from "../rest/wire.ts";

/** Shows background tasks one below the other, in the order of their start; the running one moves. */
export class TaskView {
  readonly #stream: ProgressStream;
  readonly #over = new Set<string>();
  #bar: { readonly key: string; readonly progress: TerminalProgress } | undefined;

  constructor(stream: ProgressStream) {
    this.#stream = stream;
  }

  /** Takes the newest state of all tasks. */
  update(tasks: readonly WireTask[]): void {
    const started = tasks
      .filter((task) => task.Status !== "Pending")
      .toSorted((a, b) => Date.parse(a.StartTime) - Date.parse(b.StartTime));
    const shown = started.find((task) => keyOf(task) === this.#bar?.key);
    if (shown !== undefined) this.#draw(shown);
    for (const task of started) {
      // Several tasks may run at once, but a terminal line moves only while it is the last one.
      if (this.#bar !== undefined) return;
      if (!this.#over.has(keyOf(task))) this.#draw(task);
    }
  }

  finish(): void {
    this.#bar?.progress.finish();
    this.#bar = undefined;
  }

  #draw(task: WireTask): void {
    const key = keyOf(task);
    this.#bar ??= { key, progress: new TerminalProgress({ label: `  ${task.Name}`, stream: this.#stream }) };
    this.#bar.progress.update({ done: task.Count, total: task.Total });
    if (task.Status !== "Complete" && task.Status !== "Failed") return;
    this.finish();
    this.#over.add(key);
    if (task.Status === "Failed") this.#stream.write(`  ${task.Name} failed: ${task.Error}\n`);
  }
}

/** One run of a task. */
function keyOf(task: WireTask): string {
  return JSON.stringify([task.Tracer, task.Name, task.StartTime]);
}
