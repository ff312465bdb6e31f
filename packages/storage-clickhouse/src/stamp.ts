import { randomInt } from "node:crypto";

/** Most that `randomInt` takes; JSON carries it exactly. */
const MAX_STAMP = 2 ** 48 - 1;

/** A number that no other write has: marks one state of an item. */
export function newStamp(): number {
  return randomInt(1, MAX_STAMP);
}
