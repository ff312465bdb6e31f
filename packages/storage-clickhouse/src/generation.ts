import { randomInt } from "node:crypto";

/**
 * What the rows of one feedback key belong to. Within a generation feedback adds up, which needs no look at what is stored, so additions of
 * any number of processes are all kept. Replacing or deleting begins a new generation; readers take the newest one only.
 *
 * The number is a counter in the high and a random part in the low 32 bits. No clock is asked: who begins a generation has read the newest
 * one and counts on. Two that do so at the same time get different numbers, and one of them comes second.
 */
export interface Generation {
  readonly number: bigint;
  /** False when it began with a deletion. */
  readonly isLive: boolean;
}

const COUNTER_SHIFT = 32n;
const MAX_RANDOM = 2 ** 32;

/** Where an addition belongs, given the newest generation; `undefined`: the key was never replaced or deleted. */
export function generationToJoin(newest: Generation | undefined): bigint {
  if (newest === undefined) return 0n;
  // All who add after a deletion must come to the same number.
  return newest.isLive ? newest.number : nextCounter(newest);
}

/** What begins with a replacement or a deletion. */
export function generationToBegin(newest: Generation | undefined): bigint {
  return nextCounter(newest) + BigInt(randomInt(1, MAX_RANDOM));
}

function nextCounter(newest: Generation | undefined): bigint {
  const counter = newest === undefined ? 0n : newest.number >> COUNTER_SHIFT;
  return (counter + 1n) << COUNTER_SHIFT;
}
