import { memoryOf } from "./process-tree.ts";

const EVERY_MS = 250;

/** Looks at the memory of processes and their children four times a second, until disposed. */
export class MemoryWatch implements Disposable {
  readonly #pids: () => readonly number[];
  readonly #timer: NodeJS.Timeout;
  #memoryMiB = 0;
  #rssMiB = 0;

  /** @param pids asked at each look, so that a process may be replaced by another */
  constructor(pids: () => readonly number[]) {
    this.#pids = pids;
    this.#timer = setInterval(() => this.#look(), EVERY_MS);
  }

  /** The most that all together have held at one moment since the last call; see `memoryOf` for what is counted how. */
  takePeak(): { readonly peakMiB: number; readonly rssSumMiB: number } {
    this.#look();
    const peak = { peakMiB: this.#memoryMiB, rssSumMiB: Math.round(this.#rssMiB) };
    this.#memoryMiB = 0;
    this.#rssMiB = 0;
    return peak;
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const { memoryMiB, rssMiB } = memoryOf(this.#pids());
    this.#memoryMiB = Math.max(this.#memoryMiB, memoryMiB);
    this.#rssMiB = Math.max(this.#rssMiB, rssMiB);
  }
}
