// Marsaglia's 64-bit xorshift: three shifts, good enough for sampling, and small enough to inline.

/** Next state; it is also the random number. The state must not be 0. */
// @ts-ignore: decorator
@inline
export function nextRandom(state: u64): u64 {
  state ^= state << 13;
  state ^= state >> 7;
  return state ^ (state << 17);
}

/** Number in [0, limit) from the high half of a random number. */
// @ts-ignore: decorator
@inline
export function highBelow(random: u64, limit: i32): i32 {
  return <i32>(((random >> 32) * <u64>limit) >> 32);
}

/** Number in [0, limit) from the low half of a random number. */
// @ts-ignore: decorator
@inline
export function lowBelow(random: u64, limit: i32): i32 {
  return <i32>(((random & 0xffffffff) * <u64>limit) >> 32);
}
