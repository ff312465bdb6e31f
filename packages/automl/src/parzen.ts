import type { Leaf } from "./leaf.ts";
import type { TrialRandom } from "./random.ts";

/** One coordinate of an observation: a place in [0, 1], or the position of an option. */
export type Coordinates = readonly number[];

/** Kernel width of a number, as a share of its range, if there were one observation. */
const WIDTH = 0.2;

/**
 * Density over some leaves: one kernel per observation, a truncated normal for a number and a smoothed point mass for
 * options, and one flat kernel for the rest of the space. All kernels weigh the same.
 *
 * Sources: Bergstra, Bardenet, Bengio, Kegl, NIPS 2011; Falkner, Klein, Hutter, ICML 2018 (kernels over several dimensions).
 */
export class ParzenEstimator {
  readonly #leaves: readonly Leaf[];
  readonly #observations: readonly Coordinates[];
  readonly #width: number;

  constructor(leaves: readonly Leaf[], observations: readonly Coordinates[]) {
    this.#leaves = leaves;
    this.#observations = observations;
    const count = observations.length;
    const scott = WIDTH * Math.max(1, count) ** (-1 / (leaves.length + 4));
    this.#width = Math.max(scott, 1 / Math.min(100, count + 1));
  }

  sample(random: TrialRandom): Coordinates {
    const center = this.#observations[random.nextIndex(this.#observations.length + 1)];
    return this.#leaves.map((leaf, axis) => {
      const at = center?.[axis];
      if (leaf.numOptions === 0) return at === undefined ? random.next() : truncatedNormal(at, this.#width, random);
      return at === undefined || random.next() >= this.#ownShare(leaf) ? random.nextIndex(leaf.numOptions) : at;
    });
  }

  /** Logarithm of the density at a place. */
  logDensity(place: Coordinates): number {
    const flat = this.#leaves.reduce((sum, leaf) => sum - Math.log(Math.max(1, leaf.numOptions)), 0);
    const terms = this.#observations.map((center) => this.#logKernel(center, place));
    return logMeanExp([flat, ...terms]);
  }

  #logKernel(center: Coordinates, place: Coordinates): number {
    let sum = 0;
    for (const [axis, leaf] of this.#leaves.entries()) {
      const at = center[axis] ?? 0;
      const x = place[axis] ?? 0;
      if (leaf.numOptions === 0) {
        const z = (x - at) / this.#width;
        const inside = normalCdf((1 - at) / this.#width) - normalCdf(-at / this.#width);
        sum -= 0.5 * z * z + Math.log(this.#width * inside * Math.sqrt(2 * Math.PI));
      } else {
        const own = this.#ownShare(leaf);
        sum += Math.log((x === at ? own : 0) + (1 - own) / leaf.numOptions);
      }
    }
    return sum;
  }

  /** How much of the kernel of an option stays with it; grows with the number of observations. */
  #ownShare(leaf: Leaf): number {
    const count = this.#observations.length + 1;
    return count / (count + leaf.numOptions);
  }
}

function truncatedNormal(center: number, width: number, random: TrialRandom): number {
  // At least half of a normal around a place in [0, 1] that is not much wider lies on the near side: few draws miss.
  for (let attempt = 0; attempt < 100; attempt++) {
    const x = center + width * normal(random);
    if (x >= 0 && x <= 1) return x;
  }
  return center;
}

/** Box-Muller. */
function normal(random: TrialRandom): number {
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
}

/** Source: Abramowitz, Stegun, Handbook of Mathematical Functions, 7.1.26; error below 1e-7. */
function normalCdf(x: number): number {
  const z = Math.abs(x) / Math.SQRT2;
  const t = 1 / (1 + 0.3275911 * z);
  const polynomial = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  const tail = 0.5 * polynomial * Math.exp(-z * z);
  return x > 0 ? 1 - tail : tail;
}

function logMeanExp(terms: readonly number[]): number {
  const largest = Math.max(...terms);
  return largest + Math.log(terms.reduce((sum, term) => sum + Math.exp(term - largest), 0) / terms.length);
}
