import { highBelow, nextRandom } from "./random";

/** Puts the numbers of `order` into a random order (Fisher and Yates). state: 8 bytes, not 0; it is moved on. */
export function shuffle(order: usize, length: i32, state: usize, begin: i32, end: i32): void {
  let random = load<u64>(state);
  for (let i = length - 1; i > 0; i--) {
    random = nextRandom(random);
    const at = order + ((<usize>i) << 2);
    const other = order + ((<usize>highBelow(random, i + 1)) << 2);
    const value = load<u32>(at);
    store<u32>(at, load<u32>(other));
    store<u32>(other, value);
  }
  store<u64>(state, random);
}
