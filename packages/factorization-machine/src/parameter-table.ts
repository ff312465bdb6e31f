import type { SeededRandom } from "@furze/dataset";
import { type KernelArray, KernelMemory } from "@furze/kernels";

/** Shape of the parameters. */
export interface ParameterShape {
  readonly numFeatures: number;
  readonly numFactors: number;
}

/** Constant, weights and factors of a factorization machine, in a kernel memory of their own. */
export class ParameterTable implements ParameterShape {
  readonly numFeatures: number;
  readonly numFactors: number;
  /** Floats of the factors in a row: numFactors rounded up to a multiple of 4, zeros at the end. Then comes the weight. */
  readonly factorStride: number;
  /** Floats of a row. */
  readonly stride: number;
  readonly memory: KernelMemory;
  readonly rows: KernelArray<Float32Array<SharedArrayBuffer>>;
  /** One number. */
  readonly bias: KernelArray<Float32Array<SharedArrayBuffer>>;

  constructor({ numFeatures, numFactors }: ParameterShape) {
    this.numFeatures = numFeatures;
    this.numFactors = numFactors;
    this.factorStride = Math.ceil(numFactors / 4) * 4;
    this.stride = this.factorStride + 4;
    this.memory = new KernelMemory({ initialBytes: 4 * this.stride * numFeatures });
    this.rows = this.memory.allocFloat32(numFeatures * this.stride);
    this.bias = this.memory.allocFloat32(1);
  }

  /** Gives the factors of a feature normal numbers of the given standard deviation. */
  randomize(feature: number, deviation: number, random: SeededRandom): void {
    const start = feature * this.stride;
    const { view } = this.rows;
    for (let column = 0; column < this.numFactors; column += 2) {
      // Box and Muller's method gives two at a time.
      const radius = deviation * Math.sqrt(-2 * Math.log(1 - random.next()));
      const angle = 2 * Math.PI * random.next();
      view[start + column] = radius * Math.cos(angle);
      if (column + 1 < this.numFactors) view[start + column + 1] = radius * Math.sin(angle);
    }
  }

  /** Overwrites these parameters with others of the same shape. */
  copyFrom(other: ParameterTable): void {
    this.rows.view.set(other.rows.view);
    this.bias.view.set(other.bias.view);
  }

  dispose(): void {
    this.memory.dispose();
  }
}
