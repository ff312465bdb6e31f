import { SeededRandom } from "@furze/dataset";
import type { SparseRows } from "@furze/neighbors";

/** Rows with labels, to be generated. */
export interface LabelOptions {
  readonly numRows: number;
  readonly labelsPerRow: number;
  readonly numLabels: number;
  /** Groups of rows, each of which has half of its labels from an order of popularity of its own. 1: all are alike. */
  readonly tastes: number;
}

/** Steps of the table that turns uniform numbers into ranks. */
const TABLE = 1 << 20;

/** Rows of different labels; the label of rank r is drawn in proportion to 1 / r (Zipf's law). Seeded. */
export function labelRows({ numRows, labelsPerRow, numLabels, tastes }: LabelOptions): SparseRows {
  const random = new SeededRandom(7);
  const ranks = rankTable(numLabels);
  const indices = new Int32Array(numRows * labelsPerRow);
  const offsets = Int32Array.from({ length: numRows + 1 }, (_, row) => row * labelsPerRow);
  const holder = new Int32Array(numLabels).fill(-1);
  for (let row = 0; row < numRows; row++) {
    const shift = Math.floor(((row % tastes) * numLabels) / tastes);
    const start = row * labelsPerRow;
    for (let count = 0; count < labelsPerRow; ) {
      const rank = ranks[Math.floor(random.next() * TABLE)]!;
      const label = tastes > 1 && random.next() < 0.5 ? (rank + shift) % numLabels : rank;
      if (holder[label] === row) continue;
      holder[label] = row;
      indices[start + count++] = label;
    }
    indices.subarray(start, start + labelsPerRow).sort();
  }
  return { offsets, indices, numFeatures: numLabels };
}

function rankTable(numLabels: number): Int32Array {
  let sum = 0;
  for (let rank = 0; rank < numLabels; rank++) sum += 1 / (rank + 1);
  const table = new Int32Array(TABLE);
  let rank = 0;
  let reached = 1 / sum;
  for (let step = 0; step < TABLE; step++) {
    while (reached < (step + 0.5) / TABLE && rank < numLabels - 1) reached += 1 / (++rank + 1) / sum;
    table[step] = rank;
  }
  return table;
}
