import type { SeededRandom } from "@furze/dataset";
import { countNonFinite, type FitThreads, type Trainable } from "@furze/fitting";
import { type KernelArray, KernelMemory } from "@furze/kernels";

/** Shape of the parameters. */
export interface ParameterShape {
  readonly numFeatures: number;
  readonly numFactors: number;
  /** Dimensions of the embeddings that are pooled. Default: none. */
  readonly dimensions?: readonly number[] | undefined;
}

/** Constant, weights and factors of a factorization machine, in a kernel memory of their own. */
export class ParameterTable implements ParameterShape, Trainable<ParameterTable> {
  readonly numFeatures: number;
  readonly numFactors: number;
  readonly dimensions: readonly number[];
  /** The features, then for each kind of embeddings three matrices of a row per dimension and two single rows: see fm-embeddings.ts of the kernels. */
  readonly numRows: number;
  /** Floats of the factors in a row: numFactors rounded up to a multiple of 4, zeros at the end. Then comes the weight. */
  readonly factorStride: number;
  /** Floats of a row. */
  readonly stride: number;
  readonly memory: KernelMemory;
  readonly rows: KernelArray<Float32Array<SharedArrayBuffer>>;
  /** One number. */
  readonly bias: KernelArray<Float32Array<SharedArrayBuffer>>;

  constructor({ numFeatures, numFactors, dimensions = [] }: ParameterShape) {
    this.numFeatures = numFeatures;
    this.numFactors = numFactors;
    this.factorStride = Math.ceil(numFactors / 4) * 4;
    this.stride = this.factorStride + 4;
    this.dimensions = dimensions;
    this.numRows = dimensions.reduce((sum, dimension) => sum + weightRows(dimension), numFeatures);
    this.memory = new KernelMemory({ initialBytes: 4 * this.stride * this.numRows });
    this.rows = this.memory.allocFloat32(this.numRows * this.stride);
    this.bias = this.memory.allocFloat32(1);
  }

  /** Gives the factors of a feature normal numbers of the given standard deviation. */
  randomize(feature: number, deviation: number, random: SeededRandom): void {
    const start = feature * this.stride;
    random.fillNormal(this.rows.view.subarray(start, start + this.numFactors), deviation);
  }

  /** Parameter row where the weights of a kind of embeddings start. */
  firstWeight(kind: number): number {
    return this.dimensions.slice(0, kind).reduce((sum, dimension) => sum + weightRows(dimension), this.numFeatures);
  }

  /** Gives the weights of embeddings uniform numbers, the smaller the more of them are added up. */
  randomizeWeights(random: SeededRandom): void {
    const { view } = this.rows;
    for (const [kind, dimension] of this.dimensions.entries()) {
      const start = this.firstWeight(kind);
      for (let row = 0; row < weightRows(dimension); row++) {
        const isOfHidden = row >= dimension && row < 2 * dimension;
        const bound = 1 / Math.sqrt(isOfHidden ? this.numFactors : dimension);
        for (let column = 0; column < this.numFactors; column++)
          view[(start + row) * this.stride + column] = bound * (2 * random.next() - 1);
      }
    }
  }

  /** Overwrites these parameters with others of the same shape. */
  copyFrom(other: ParameterTable): void {
    this.rows.view.set(other.rows.view);
    this.bias.view.set(other.bias.view);
  }

  clone(): ParameterTable {
    const copy = new ParameterTable(this);
    copy.copyFrom(this);
    return copy;
  }

  countNonFinite(threads: FitThreads): Promise<number> {
    return countNonFinite(threads, this.memory, [this.rows, this.bias]);
  }

  dispose(): void {
    this.memory.dispose();
  }
}

/** Parameter rows of the weights for embeddings of a dimension. */
export function weightRows(dimension: number): number {
  return 3 * dimension + 2;
}
