import { AbortError, InvalidArgumentError } from "@furze/core";
import { fitThreads, type RunKernel } from "@furze/fitting";
import { KernelArrays, type KernelPool } from "@furze/kernels";
import type { ModelFile, ModelFileExtras } from "@furze/model-file";
import type { ClickMetrics } from "./evaluate.ts";
import { checkFeatures, type FeatureList } from "./feature-rows.ts";
import { decodeModel, encodeModel } from "./model-io.ts";
import type { ParameterTable } from "./parameter-table.ts";
import { poolEmbeddings } from "./pooling.ts";
import type { FmSamples } from "./samples.ts";
import { ScoredSamples } from "./scored-samples.ts";
import { dimensionsOf } from "./trainee.ts";

/** Everything a model consists of. */
export interface ModelParts {
  readonly table: ParameterTable;
  readonly parameters: Readonly<Record<string, number>>;
  readonly bestEpoch: number;
  readonly score: number | undefined;
  readonly logLoss: number | undefined;
  readonly trainingMs: number;
}

/** Options of `predict`. */
export interface PredictOptions {
  readonly signal?: AbortSignal | undefined;
  /** Threads to run on. Default: the pool of the process. */
  readonly pool?: KernelPool | undefined;
}

/** Options of `evaluate`. */
export interface EvaluateOptions extends PredictOptions {
  /** Log-odds above which a sample is taken for positive; where most are negative, those of the average sample say more. Default 0. */
  readonly threshold?: number | undefined;
}

/** A list of features as one part of a pair: the log-odds of two parts together are `bias` + both constants + the inner product of the vectors. */
export interface FmVector {
  /** Sum of value * factors, length numFactors. */
  readonly vector: Float32Array;
  /** What the features score by themselves. */
  readonly constant: number;
}

/**
 * A fitted factorization machine. Immutable. Its numbers are held once, in kernel memory of its own; `dispose` gives that back.
 */
export class FmModel {
  /** Hyper-parameters by name. */
  readonly parameters: Readonly<Record<string, number>>;
  readonly numFeatures: number;
  readonly numFactors: number;
  /** Epoch, counted from 1, that the parameters are from. */
  readonly bestEpoch: number;
  /** AUC of that epoch on the validation data; undefined without any. */
  readonly score: number | undefined;
  /** Mean log-loss of that epoch on the validation data; undefined without any. */
  readonly logLoss: number | undefined;
  readonly trainingMs: number;
  readonly #parts: ModelParts;

  /** @internal Use `Fm.fit` or `fromModelFile`. */
  constructor(parts: ModelParts) {
    this.#parts = parts;
    this.parameters = parts.parameters;
    this.numFeatures = parts.table.numFeatures;
    this.numFactors = parts.table.numFactors;
    this.bestEpoch = parts.bestEpoch;
    this.score = parts.score;
    this.logLoss = parts.logLoss;
    this.trainingMs = parts.trainingMs;
  }

  /**
   * Restores a model from the bytes of `toModelFile` or from a decoded file, that of a ranker too.
   *
   * @throws {InvalidModelFileError} if the file is damaged, of another kind, or its arrays do not fit together
   */
  static fromModelFile(file: Uint8Array | ModelFile): FmModel {
    return new FmModel(decodeModel(file));
  }

  /** The constant part of every score. */
  get bias(): number {
    return this.#parts.table.bias.view[0] ?? 0;
  }

  /** @internal */
  get parts(): ModelParts {
    return this.#parts;
  }

  /** Parameters in kernel memory, valid until `dispose`. @internal */
  get table(): ParameterTable {
    return this.#parts.table;
  }

  /** Weight of a feature. @throws {InvalidArgumentError} if there is no such feature */
  weightOf(feature: number): number {
    const { rows, stride, factorStride } = this.#parts.table;
    return rows.view[this.#checked(feature) * stride + factorStride] ?? 0;
  }

  /** Factors of a feature: a view of kernel memory, valid until `dispose`. @throws {InvalidArgumentError} if there is no such feature */
  factorsOf(feature: number): Float32Array {
    const { rows, stride } = this.#parts.table;
    const start = this.#checked(feature) * stride;
    return rows.view.subarray(start, start + this.numFactors);
  }

  /**
   * Log-odds of samples, in their order: above 0 where a positive one is likelier. Their probability is 1 / (1 + exp(-score)).
   *
   * @throws {InvalidArgumentError} if the samples have another number of features
   * @throws {AbortError} if the signal is aborted
   * Cost: O(features of all samples * numFactors); a copy of the samples while it runs.
   */
  async predict(samples: FmSamples, options: PredictOptions = {}): Promise<Float32Array> {
    return this.#scored(samples, options, async (scored, run) => new Float32Array(await scored.score(run)));
  }

  /**
   * How well the scores tell positive from negative samples, as `evaluateClicks` says it of them, to seven digits; the event loop stays free.
   *
   * @throws {InvalidArgumentError} if the samples have another number of features
   * @throws {AbortError} if the signal is aborted
   * Cost: that of `predict`, and sorting the scores by their bits.
   */
  async evaluate(samples: FmSamples, options: EvaluateOptions = {}): Promise<ClickMetrics> {
    return this.#scored(samples, options, (scored, run) => scored.evaluate(run, options.threshold ?? 0));
  }

  async #scored<Result>(
    samples: FmSamples,
    { signal, pool }: PredictOptions,
    work: (scored: ScoredSamples, run: RunKernel) => Promise<Result>,
  ): Promise<Result> {
    const { table } = this.#parts;
    if (samples.numFeatures !== this.numFeatures) {
      throw new InvalidArgumentError("samples", `samples must have ${this.numFeatures} features, have ${samples.numFeatures}`);
    }
    if (dimensionsOf(samples).join() !== table.dimensions.join()) {
      throw new InvalidArgumentError(
        "samples",
        `samples must have embeddings of ${table.dimensions.join() || "no"} dimensions`,
      );
    }
    using arrays = new KernelArrays();
    const { run, threads } = fitThreads({ pool, signal });
    try {
      return await work(new ScoredSamples(table, samples, { arrays, threads }), run);
    } catch (error) {
      throw signal?.aborted === true ? new AbortError("the prediction was aborted", { cause: error }) : error;
    }
  }

  /** Dimensions of the embeddings that second rows of samples have. */
  get embeddingDimensions(): readonly number[] {
    return this.#parts.table.dimensions;
  }

  /**
   * Adds up the features of one part of a pair, at once on the calling thread.
   *
   * @param embeddings of the second part, one of each kind, undefined where it has none. Default: none at all
   * @throws {InvalidArgumentError} if a feature is outside the model, a value is not finite, or embeddings do not fit the model
   * Cost: O((features + dimensions of the embeddings) * numFactors).
   */
  vectorOf(features: FeatureList, embeddings: readonly (Float32Array | undefined)[] = []): FmVector {
    const { vector, constant } = this.#featuresVector(features);
    if (embeddings.every((embedding) => embedding === undefined)) return { vector, constant };
    const pooled = poolEmbeddings(this.#parts.table, embeddings);
    const own = vector.reduce((sum, value, column) => sum + value * (pooled[column] ?? 0), 0);
    return { vector: vector.map((value, column) => value + (pooled[column] ?? 0)), constant: constant + own };
  }

  #featuresVector(features: FeatureList): FmVector {
    checkFeatures(features, this.numFeatures);
    const { numFactors } = this;
    const vector = new Float32Array(numFactors);
    let constant = 0;
    let squares = 0;
    for (let i = 0; i < features.indices.length; i++) {
      const feature = features.indices[i] ?? 0;
      const x = features.values?.[i] ?? 1;
      const factors = this.factorsOf(feature);
      constant += x * this.weightOf(feature);
      for (let column = 0; column < numFactors; column++) {
        const term = x * (factors[column] ?? 0);
        vector[column] = (vector[column] ?? 0) + term;
        squares += term * term;
      }
    }
    const pairs = vector.reduce((sum, value) => sum + value * value, 0) - squares;
    return { vector, constant: constant + pairs / 2 };
  }

  /** The model as one checksummed run of bytes; see `ModelFileExtras` for what else it can carry. */
  toModelFile(extras: ModelFileExtras = {}): Uint8Array<ArrayBuffer> {
    return encodeModel(this.#parts, extras);
  }

  /** Gives the memory back; the model and its views must not be used any more. A second call does nothing. */
  dispose(): void {
    this.#parts.table.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  #checked(feature: number): number {
    if (!Number.isInteger(feature) || feature < 0 || feature >= this.numFeatures)
      throw new InvalidArgumentError("feature", `feature ${feature} is not an integer in [0, ${this.numFeatures})`);
    return feature;
  }
}
