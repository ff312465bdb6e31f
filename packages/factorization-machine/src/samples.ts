import { InvalidArgumentError, numberIn } from "@furze/core";
import { SeededRandom } from "@furze/dataset";
import { checkIndices, checkLength } from "./checks.ts";
import { checkEmbeddings, type RowEmbeddings } from "./embeddings.ts";
import { checkRows, type FeatureRows } from "./feature-rows.ts";

/** The parts of `FmSamples`. */
export interface FmSamplesParts {
  /** Features by row; many samples may share a row. */
  readonly rows: FeatureRows;
  /** 1 for a positive sample, 0 for a negative one. */
  readonly targets: Uint8Array;
  /** Row of each sample. Default: sample s has row s. */
  readonly first?: Int32Array | undefined;
  /** A second row whose features the sample has too, such as its item's. Default: none. */
  readonly second?: Int32Array | undefined;
  /** Dense embeddings of second rows. Default: none. */
  readonly embeddings?: RowEmbeddings | undefined;
}

/** Two sets of samples over the same rows; every sample is in exactly one of them. */
export interface SampleSplit {
  readonly train: FmSamples;
  readonly test: FmSamples;
}

/**
 * Immutable samples of clicks: which features were there, and whether it was positive.
 * Pairs of a user and an item take 9 bytes a sample, however many features users and items have, as rows are shared.
 */
export class FmSamples {
  readonly rows: FeatureRows;
  readonly targets: Uint8Array;
  readonly first: Int32Array | undefined;
  readonly second: Int32Array | undefined;
  readonly embeddings: RowEmbeddings | undefined;
  readonly numPositive: number;

  /** Checks the parts, copies nothing. @throws {InvalidArgumentError} naming the part that does not fit */
  constructor(parts: FmSamplesParts) {
    const { rows, targets, first, second, embeddings } = parts;
    checkRows(rows);
    const numRows = rows.offsets.length - 1;
    checkLength(first === undefined ? "targets" : "first", first ?? targets, first === undefined ? numRows : targets.length);
    if (first !== undefined) checkIndices("first", first, numRows);
    if (second !== undefined) {
      checkLength("second", second, targets.length);
      checkIndices("second", second, numRows);
    }
    if (embeddings !== undefined) checkEmbeddings(embeddings, second, numRows);
    let positive = 0;
    for (const [sample, target] of targets.entries()) {
      if (target > 1) throw new InvalidArgumentError("targets", `targets[${sample}] is ${target}, neither 0 nor 1`);
      positive += target;
    }
    this.rows = rows;
    this.targets = targets;
    this.first = first;
    this.second = second;
    this.embeddings = embeddings;
    this.numPositive = positive;
  }

  get numSamples(): number {
    return this.targets.length;
  }

  get numFeatures(): number {
    return this.rows.numFeatures;
  }

  get numNegative(): number {
    return this.numSamples - this.numPositive;
  }

  /**
   * Moves a share of the samples, rounded to a whole number, to a test set; every sample is equally likely.
   *
   * @param options `fraction` in [0, 1]; `seed` default 0
   * @throws {InvalidArgumentError} if the fraction is out of range or the seed no integer
   */
  split(options: { readonly fraction: number; readonly seed?: number }): SampleSplit {
    const { numSamples } = this;
    const numTest = Math.round(numSamples * numberIn("fraction", options.fraction, 0, 1));
    const random = new SeededRandom(options.seed ?? 0);
    const test = new Int32Array(numTest);
    const train = new Int32Array(numSamples - numTest);
    for (let sample = 0, numTaken = 0; sample < numSamples; sample++) {
      // Selection sampling: exactly numTest are taken, each set of them equally likely.
      if (random.next() * (numSamples - sample) < numTest - numTaken) test[numTaken++] = sample;
      else train[sample - numTaken] = sample;
    }
    return { train: this.#select(train), test: this.#select(test) };
  }

  #select(samples: Int32Array): FmSamples {
    const { rows, first, second, targets, embeddings } = this;
    return new FmSamples({
      rows,
      embeddings,
      targets: Uint8Array.from(samples, (sample) => targets[sample] ?? 0),
      first: first === undefined ? samples : samples.map((sample) => first[sample] ?? 0),
      second: second === undefined ? undefined : samples.map((sample) => second[sample] ?? 0),
    });
  }
}
