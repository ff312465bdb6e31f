/** Two independent 32-bit hashes of one text. */
interface HashPair {
  high: number;
  low: number;
}

/** The node that owns a user; `undefined` when there are no nodes. */
export type UserOwnership = (userId: string) => string | undefined;

/**
 * Shares users out to nodes by rendezvous hashing: each user goes to the node with the highest hash of node and user, so when a node
 * leaves only its users move, and when one joins it takes an equal part from everybody.
 * The answer depends on the set of ids only, not on their order, and is the same in every process.
 *
 * @param nodeIds ids of the live nodes; duplicates count once
 * @returns a function of the user id; cost O(length of the id + number of nodes), nothing allocated
 * Source: Thaler and Ravishankar, IEEE/ACM Transactions on Networking 6(1), 1998.
 */
export function shareUsers(nodeIds: readonly string[]): UserOwnership {
  const ids = [...new Set(nodeIds)].sort();
  const highs = new Int32Array(ids.length);
  const lows = new Int32Array(ids.length);
  const hash: HashPair = { high: 0, low: 0 };
  for (const [index, id] of ids.entries()) {
    hashText(id, hash);
    highs[index] = mix(hash.high);
    lows[index] = mix(hash.low);
  }
  return (userId) => {
    hashText(userId, hash);
    let best = -1;
    let bestWeight = -1;
    for (let index = 0; index < ids.length; index++) {
      const high = mix(hash.high ^ (highs[index] ?? 0));
      const low = mix(hash.low ^ (lows[index] ?? 0) ^ high);
      // 53 bits, what a number holds exactly.
      const weight = (high >>> 0) * 0x20_0000 + (low >>> 11);
      if (weight > bestWeight) {
        best = index;
        bestWeight = weight;
      }
    }
    return ids[best];
  };
}

/** The node that owns one user. For many users call `shareUsers` once: this hashes the node ids anew each time. */
export function ownerOf(userId: string, nodeIds: readonly string[]): string | undefined {
  return shareUsers(nodeIds)(userId);
}

/** FNV-1a over UTF-8, twice with different bases and primes. A lone surrogate counts as its three-byte form. */
function hashText(text: string, into: HashPair): void {
  into.high = 0x811c_9dc5;
  into.low = 0x9747_b28c;
  for (let index = 0; index < text.length; index++) {
    const point = text.codePointAt(index) ?? 0;
    if (point < 0x80) {
      hashByte(point, into);
      continue;
    }
    if (point < 0x800) {
      hashByte(0xc0 | (point >> 6), into);
    } else if (point < 0x1_0000) {
      hashByte(0xe0 | (point >> 12), into);
      hashByte(0x80 | ((point >> 6) & 0x3f), into);
    } else {
      hashByte(0xf0 | (point >> 18), into);
      hashByte(0x80 | ((point >> 12) & 0x3f), into);
      hashByte(0x80 | ((point >> 6) & 0x3f), into);
      index++;
    }
    hashByte(0x80 | (point & 0x3f), into);
  }
}

function hashByte(byte: number, into: HashPair): void {
  into.high = Math.imul(into.high ^ byte, 0x0100_0193);
  into.low = Math.imul(into.low ^ byte, 0x5bd1_e995);
}

/** Finalizer of MurmurHash3: every bit of the input changes each bit of the output half of the time. */
function mix(value: number): number {
  let mixed = value;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85eb_ca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2_ae35);
  return mixed ^ (mixed >>> 16);
}
