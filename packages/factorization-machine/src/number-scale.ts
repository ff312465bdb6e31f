/** How a numeric label becomes the value of its feature. */
export interface NumberScale {
  /** Path of the label, such as `.price`. */
  readonly name: string;
  /** Whether log(1 + x) is taken first: for labels that are never negative, whose large values would press all others together. */
  readonly isLog: boolean;
  /** Smallest and largest number, after the logarithm; they become 0 and 1. */
  readonly low: number;
  readonly high: number;
}

/** Learns a scale from the numbers of a label, at least one. */
export function learnScale(name: string, numbers: readonly number[]): NumberScale {
  const isLog = numbers.every((number) => number >= 0);
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const number of numbers) {
    const x = isLog ? Math.log1p(number) : number;
    low = Math.min(low, x);
    high = Math.max(high, x);
  }
  return { name, isLog, low, high };
}

/** Value of a number, from 0 to 1; beyond the numbers that the scale was learned from it stays 0 or 1. A scale without extent gives 1. */
export function scaled({ isLog, low, high }: NumberScale, number: number): number {
  if (low === high) return 1;
  const x = isLog ? Math.log1p(Math.max(0, number)) : number;
  // Halves, as the difference of two finite numbers may be infinite.
  return Math.min(1, Math.max(0, (x / 2 - low / 2) / (high / 2 - low / 2)));
}
