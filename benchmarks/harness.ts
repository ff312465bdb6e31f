/** One line of output. Times are medians; peakRssMiB is the largest the whole process has been so far. */
export interface BenchResult {
  readonly params: Readonly<Record<string, number | string>>;
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakRssMiB: number;
  readonly quality: Readonly<Record<string, number | string>>;
}

/** What a file in rows/ exports. */
export interface BenchRow {
  run(): AsyncIterable<BenchResult>;
}

/** Wall and processor seconds of one repetition; processor seconds are those of all threads. */
export interface Sample {
  readonly seconds: number;
  readonly cpuSeconds: number;
}

/** Measures pieces of work that follow each other: every call of the result ends one piece and begins the next. */
export function lapTimer(): () => Sample {
  let wall = performance.now();
  let cpu = process.cpuUsage();
  return () => {
    const used = process.cpuUsage(cpu);
    const sample = { seconds: (performance.now() - wall) / 1000, cpuSeconds: (used.user + used.system) / 1e6 };
    wall = performance.now();
    cpu = process.cpuUsage();
    return sample;
  };
}

/** Medians of wall and of processor seconds, each for itself, and the peak memory. */
export function medians(samples: readonly Sample[]): Sample & { readonly peakRssMiB: number } {
  return {
    seconds: median(samples.map((sample) => sample.seconds)),
    cpuSeconds: median(samples.map((sample) => sample.cpuSeconds)),
    peakRssMiB: process.resourceUsage().maxRSS / 1024,
  };
}

/** Runs `work` once to warm up, then `repeats` times. */
export async function repeat(repeats: number, work: () => Promise<unknown>): Promise<Sample & { readonly peakRssMiB: number }> {
  await work();
  const lap = lapTimer();
  const samples: Sample[] = [];
  for (let i = 0; i < repeats; i++) {
    await work();
    samples.push(lap());
  }
  return medians(samples);
}

/** The middle value, or the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
