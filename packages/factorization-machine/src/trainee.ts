import type { CallOptions } from "@furze/core";
import { SeededRandom } from "@furze/dataset";
import type { Evaluation, RunKernel } from "@furze/fitting";
import { KernelArrays } from "@furze/kernels";
import {
  type CopiedEmbeddings,
  copyEmbeddings,
  copyRows,
  poolingScratch,
  type RowPointers,
  sampleTables,
} from "./kernel-tables.ts";
import type { FmHyperparameters } from "./options.ts";
import { ParameterTable } from "./parameter-table.ts";
import type { FmSamples } from "./samples.ts";
import { ScoredSamples } from "./scored-samples.ts";
import { STEPS_PER_LOOK, Turns } from "./turns.ts";

/** Decay of Adam's mean of gradients and of their squares; the kernel has the same. */
const MEAN_DECAY = 0.9;
const SQUARE_DECAY = 0.999;
/** Samples whose sums a kernel holds at a time. */
const KERNEL_BLOCK = 64;
/** Samples of a kernel call: some milliseconds. */
const SAMPLES_PER_CALL = 8192;

/** How good an epoch is on the validation data. */
export interface ClickEvaluation extends Evaluation {
  /** AUC. */
  readonly score: number;
  /** Mean log-loss. */
  readonly validationLoss: number;
}

export interface TraineeOptions extends CallOptions {
  readonly samples: FmSamples;
  /** What epochs are judged by. */
  readonly validation: FmSamples | undefined;
  readonly hyper: FmHyperparameters;
}

/** A factorization machine in training, with everything kernels need in the memory of its parameters. */
export class Trainee {
  readonly parameters: ParameterTable;
  readonly #hyper: FmHyperparameters;
  readonly #samples: FmSamples;
  #validation: ScoredSamples | undefined;
  readonly #rows: RowPointers;
  readonly #embeddings: CopiedEmbeddings | undefined;
  readonly #arrays = new KernelArrays();
  readonly #tables: number;
  readonly #training: number;
  readonly #steps: { readonly view: Float32Array };
  readonly #shuffleArgs: readonly number[];
  readonly #threadArgs: readonly (readonly number[])[];
  #numSteps = 0;

  private constructor(samples: FmSamples, occurs: Uint8Array, hyper: FmHyperparameters) {
    this.#hyper = hyper;
    this.#samples = samples;
    const { numFeatures, numSamples, numPositive } = samples;
    const dimensions = dimensionsOf(samples);
    const parameters = new ParameterTable({ numFeatures, numFactors: hyper.numFactors, dimensions });
    this.parameters = parameters;
    const { memory } = parameters;
    const keep = this.#arrays;
    const random = new SeededRandom(hyper.seed);
    for (let feature = 0; feature < numFeatures; feature++)
      if (occurs[feature] === 1) parameters.randomize(feature, hyper.initialDeviation, random);
    parameters.randomizeWeights(random);
    parameters.bias.view[0] = Math.log(numPositive / (numSamples - numPositive));
    const rows = copyRows(parameters, keep, samples.rows);
    this.#embeddings = copyEmbeddings(parameters, keep, samples.embeddings);
    this.#rows = rows;
    this.#tables = sampleTables(parameters, keep, rows, samples, this.#embeddings);
    const order = keep.add(memory.allocInt32(numSamples));
    for (let sample = 0; sample < numSamples; sample++) order.view[sample] = sample;
    const state = keep.add(memory.allocUint32(2));
    state.view.set([random.nextUint32() | 1, random.nextUint32()]);
    this.#shuffleArgs = [order.pointer, numSamples, state.pointer];
    const steps = keep.add(memory.allocFloat32(Math.ceil(numSamples / hyper.batchSize)));
    this.#steps = steps;
    const training = keep.add(memory.allocUint32(10));
    const targets = keep.add(memory.allocUint8(numSamples));
    targets.view.set(samples.targets);
    const moments = [parameters.rows.length, parameters.rows.length, 8].map(
      (length) => keep.add(memory.allocFloat32(length)).pointer,
    );
    training.view.set([targets.pointer, order.pointer, ...moments, steps.pointer, hyper.batchSize]);
    new Float32Array(training.view.buffer, training.pointer + 28, 1)[0] = hyper.regularization;
    training.view.set([numFeatures, parameters.numRows - numFeatures], 8);
    this.#training = training.pointer;
    this.#threadArgs = Array.from({ length: hyper.threads }, () => [this.#allocateScratch()]);
  }

  /**
   * Makes a machine with random factors and copies what it is to learn from. The event loop has its turns meanwhile.
   *
   * @throws {AbortError} if the signal is aborted
   */
  static async open({ samples, validation, hyper, signal }: TraineeOptions): Promise<Trainee> {
    const turns = new Turns({ signal });
    const occurs = await occurringFeatures(samples, turns);
    await turns.next();
    const trainee = new Trainee(samples, occurs, hyper);
    try {
      await turns.next();
      if (validation !== undefined) trainee.#hold(validation);
      await turns.next();
      return trainee;
    } catch (error) {
      trainee.parameters.dispose();
      throw error;
    }
  }

  /** Trains on every sample once; returns the mean log-loss, each sample's before the step of its batch. Epochs count from 1. */
  async runEpoch(run: RunKernel, epoch: number): Promise<number> {
    const { memory } = this.parameters;
    const { batchSize, learningRate, learningRateHalfLife } = this.#hyper;
    const rate = learningRateHalfLife === 0 ? learningRate : learningRate / (1 + (epoch - 1) / learningRateHalfLife);
    const { numSamples } = this.#samples;
    await run({ memory, kernel: "shuffle", args: this.#shuffleArgs, total: 1 });
    const steps = this.#steps.view;
    for (let batch = 0; batch < steps.length; batch++) {
      const step = ++this.#numSteps;
      steps[batch] = (rate * Math.sqrt(1 - SQUARE_DECAY ** step)) / (1 - MEAN_DECAY ** step);
    }
    const loss = await run({
      memory,
      kernel: "fmTrain",
      args: [this.#tables, this.#training],
      threadArgs: this.#threadArgs,
      total: numSamples,
      // Embeddings take so long that a batch is enough.
      chunk: batchSize * (this.#embeddings !== undefined ? 1 : Math.max(1, Math.floor(SAMPLES_PER_CALL / batchSize))),
    });
    return loss / numSamples;
  }

  /** Metrics on the validation data, if there are any. */
  async evaluate(run: RunKernel): Promise<ClickEvaluation | undefined> {
    if (this.#validation === undefined) return undefined;
    const { auc, logLoss } = await this.#validation.evaluate(run, 0);
    return { score: auc, validationLoss: logLoss };
  }

  #hold(validation: FmSamples): void {
    this.#validation = new ScoredSamples(this.parameters, validation, {
      arrays: this.#arrays,
      threads: this.#hyper.threads,
      rows: validation.rows === this.#samples.rows ? this.#rows : undefined,
      embeddings: validation.embeddings === this.#samples.embeddings ? this.#embeddings : undefined,
    });
  }

  /** Room for the gradients of a batch: no more features than there are, nor than its samples can have. */
  #allocateScratch(): number {
    const { memory, stride, factorStride, numRows } = this.parameters;
    const keep = this.#arrays;
    const samples = this.#samples;
    const numPooled = this.#embeddings?.numRows ?? 0;
    const perSample = longestRow(samples) * (samples.second === undefined ? 1 : 2);
    const inBatch = perSample * Math.min(this.#hyper.batchSize, samples.numSamples);
    const numSlots = Math.min(numRows, inBatch + numRows - samples.numFeatures);
    const record = keep.add(memory.allocUint32(9));
    record.view.set([
      keep.add(memory.allocInt32(numRows)).pointer,
      keep.add(memory.allocInt32(numSlots)).pointer,
      keep.add(memory.allocFloat32(numSlots * stride)).pointer,
      keep.add(memory.allocFloat32(KERNEL_BLOCK * stride)).pointer,
      keep.add(memory.allocFloat32(KERNEL_BLOCK)).pointer,
      keep.add(memory.allocUint8(numPooled)).pointer,
      keep.add(memory.allocInt32(numPooled)).pointer,
      keep.add(memory.allocFloat32(numPooled * factorStride)).pointer,
      poolingScratch(this.parameters, keep),
    ]);
    return record.pointer;
  }
}

/** 1 for each feature that a sample has. The others keep zero parameters. */
async function occurringFeatures({ rows, targets, first, second }: FmSamples, turns: Turns): Promise<Uint8Array> {
  const { numFeatures, offsets, indices } = rows;
  const isRowUsed = new Uint8Array(offsets.length - 1);
  for (let sample = 0; sample < targets.length; sample++) {
    isRowUsed[first?.[sample] ?? sample] = 1;
    if (second !== undefined) isRowUsed[second[sample] ?? 0] = 1;
    if (sample % STEPS_PER_LOOK === 0 && turns.isOver) await turns.next();
  }
  const occurs = new Uint8Array(numFeatures);
  for (let row = 0; row < isRowUsed.length; row++) {
    if (isRowUsed[row] === 0) continue;
    for (let at = offsets[row] ?? 0; at < (offsets[row + 1] ?? 0); at++) occurs[indices[at] ?? 0] = 1;
  }
  return occurs;
}

/** Dimensions of the embeddings of samples. */
export function dimensionsOf({ embeddings }: FmSamples): number[] {
  return embeddings?.tables.map(({ dimension }) => dimension) ?? [];
}

function longestRow({ rows: { offsets } }: FmSamples): number {
  let longest = 1;
  for (let row = 0; row + 1 < offsets.length; row++) longest = Math.max(longest, (offsets[row + 1] ?? 0) - (offsets[row] ?? 0));
  return longest;
}
