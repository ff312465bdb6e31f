const FIRST_SURROGATE = 0xd800;
const FIRST_BEHIND_SURROGATES = 0xe000;

/** Compares texts by their UTF-8 bytes: JavaScript puts characters beyond U+FFFF before those from U+E000 on, bytes put them behind. */
export function compareBytes(a: string, b: string): number {
  const end = Math.min(a.length, b.length);
  for (let index = 0; index < end; index++) {
    const left = a.charCodeAt(index);
    const right = b.charCodeAt(index);
    if (left !== right) return rank(left) - rank(right);
  }
  return a.length - b.length;
}

function rank(unit: number): number {
  if (unit < FIRST_SURROGATE) return unit;
  return unit >= FIRST_BEHIND_SURROGATES ? unit - 0x800 : unit + 0x2000;
}
