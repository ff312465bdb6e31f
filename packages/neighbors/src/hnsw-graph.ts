import { SeededRandom } from "@furze/dataset";
import type { KernelArray } from "@furze/kernels";
import type { DenseVectors } from "./dense-vectors.ts";

const GRAPH_WORDS = 12;
const MAX_LEVEL = 24;

type Ints = KernelArray<Int32Array<SharedArrayBuffer>>;

/** The links between the rows of an index, in kernel memory next to the vectors. */
export class HnswGraph {
  /** Links of a row above layer 0; there it is twice as many. */
  readonly m: number;
  /** Highest layer of each row. */
  readonly levels: Uint8Array;
  /** Row where every search starts, of the highest level; -1 when the graph is empty. */
  readonly entry: number;
  /** Layer 0: shape [rows, 1 + 2 m], the number of links and the links. */
  readonly base: Ints;
  /** Layers above, row after row: shape [sum of levels, 1 + m]. */
  readonly upper: Ints;
  readonly pointer: number;
  readonly #visited: readonly number[];

  /** Without links. Memory: 8 m + 19 bytes a row and 4 more for each thread. */
  constructor({ memory, pointer, stride, numRows, pool }: DenseVectors, m: number, levels: Uint8Array, entry: number) {
    this.m = m;
    this.levels = levels;
    this.entry = entry;
    this.base = memory.allocInt32(numRows * (1 + 2 * m));
    const upperStarts = memory.allocInt32(numRows);
    let numUpper = 0;
    for (let row = 0; row < numRows; row++) {
      upperStarts.view[row] = numUpper;
      numUpper += levels[row]!;
    }
    this.upper = memory.allocInt32(numUpper * (1 + m));
    const levelArray = memory.allocUint8(numRows);
    levelArray.view.set(levels);
    const graph = memory.allocInt32(GRAPH_WORDS);
    const locks = memory.allocInt32(numRows);
    const pointers = [pointer, stride, numRows, levelArray.pointer, this.base.pointer, 2 * m];
    pointers.push(upperStarts.pointer, this.upper.pointer, m, locks.pointer, entry, levels[entry] ?? 0);
    graph.view.set(pointers);
    this.pointer = graph.pointer;
    this.#visited = Array.from({ length: pool.threads }, () => memory.allocInt32(numRows + 1).pointer);
  }

  /** Places of the marks of each thread. */
  visited(thread: number): number {
    return this.#visited[thread]!;
  }
}

/** Levels fall off by a factor of m; rows that are not in the graph have level 0. */
export function drawLevels(numRows: number, m: number, seed: number): Uint8Array {
  const random = new SeededRandom(seed);
  const scale = 1 / Math.log(m);
  return Uint8Array.from({ length: numRows }, () => Math.min(MAX_LEVEL, Math.floor(-Math.log(1 - random.next()) * scale)));
}

/** The first of the rows with the highest level, -1 for none. */
export function entryOf(levels: Uint8Array, rows: Int32Array): number {
  let entry = -1;
  for (const row of rows) if (entry < 0 || levels[row]! > levels[entry]!) entry = row;
  return entry;
}
