import { type CallOptions, InvalidArgumentError, numberIn } from "@furze/core";
import { SeededRandom } from "@furze/dataset";
import { checkIndices, checkLength } from "./checks.ts";
import { checkEmbeddings, type RowEmbeddings } from "./embeddings.ts";
import { checkRows, type FeatureRows } from "./feature-rows.ts";
import { STEPS_PER_LOOK, Turns } from "./turns.ts";

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

/** Options of `FmSamples.split`. */
export interface SplitOptions extends CallOptions {
  /** Share of the samples that the test set gets, in [0, 1]. */
  readonly fraction: number;
  /** Seed of the draw, a safe integer. Default 0. */
  readonly seed?: number | undefined;
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

  /**
   * Checks the parts, copies nothing.
   *
   * @param known internal: what is known of parts that need no check, as they come from samples or from a data set
   * @throws {InvalidArgumentError} naming the part that does not fit
   */
  constructor(parts: FmSamplesParts, known?: { readonly numPositive: number }) {
    const { rows, targets, first, second, embeddings } = parts;
    if (known === undefined) checkParts(parts);
    this.rows = rows;
    this.targets = targets;
    this.first = first;
    this.second = second;
    this.embeddings = embeddings;
    this.numPositive = known?.numPositive ?? targets.reduce((sum, target) => sum + target, 0);
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
   * Moves a share of the samples, rounded to a whole number, to a test set; every sample is equally likely. The event loop has its
   * turns meanwhile.
   *
   * @param options `fraction` in [0, 1]; `seed` default 0; `signal` ends the work
   * @throws {InvalidArgumentError} if the fraction is out of range or the seed no integer
   * @throws {AbortError} if the signal is aborted
   */
  async split(options: SplitOptions): Promise<SampleSplit> {
    const { numSamples } = this;
    const numTest = Math.round(numSamples * numberIn("fraction", options.fraction, 0, 1));
    const random = new SeededRandom(options.seed ?? 0);
    const turns = new Turns(options);
    const [test, train] = [new Part(this, numTest), new Part(this, numSamples - numTest)];
    for (let sample = 0; sample < numSamples; sample++) {
      // Selection sampling: exactly numTest are taken, each set of them equally likely.
      const isTaken = random.next() * (numSamples - sample) < numTest - test.count;
      (isTaken ? test : train).take(sample);
      if (sample % STEPS_PER_LOOK === 0 && turns.isOver) await turns.next();
    }
    return { train: train.finish(), test: test.finish() };
  }
}

/** Some of the samples, which are taken one by one. */
class Part {
  count = 0;
  readonly #all: FmSamples;
  readonly #targets: Uint8Array;
  readonly #first: Int32Array;
  readonly #second: Int32Array | undefined;
  #numPositive = 0;

  constructor(all: FmSamples, numSamples: number) {
    this.#all = all;
    this.#targets = new Uint8Array(numSamples);
    this.#first = new Int32Array(numSamples);
    this.#second = all.second === undefined ? undefined : new Int32Array(numSamples);
  }

  take(sample: number): void {
    const { targets, first, second } = this.#all;
    const at = this.count++;
    const target = targets[sample] ?? 0;
    this.#targets[at] = target;
    this.#numPositive += target;
    this.#first[at] = first === undefined ? sample : (first[sample] ?? 0);
    if (this.#second !== undefined && second !== undefined) this.#second[at] = second[sample] ?? 0;
  }

  finish(): FmSamples {
    const { rows, embeddings } = this.#all;
    const parts = { rows, embeddings, targets: this.#targets, first: this.#first, second: this.#second };
    return new FmSamples(parts, { numPositive: this.#numPositive });
  }
}

/** @throws {InvalidArgumentError} naming the part that does not fit the others */
function checkParts({ rows, targets, first, second, embeddings }: FmSamplesParts): void {
  checkRows(rows);
  const numRows = rows.offsets.length - 1;
  checkLength(first === undefined ? "targets" : "first", first ?? targets, first === undefined ? numRows : targets.length);
  if (first !== undefined) checkIndices("first", first, numRows);
  if (second !== undefined) {
    checkLength("second", second, targets.length);
    checkIndices("second", second, numRows);
  }
  if (embeddings !== undefined) checkEmbeddings(embeddings, second, numRows);
  for (const [sample, target] of targets.entries())
    if (target > 1) throw new InvalidArgumentError("targets", `targets[${sample}] is ${target}, neither 0 nor 1`);
}
