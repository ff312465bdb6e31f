import { KernelPool } from "@furze/kernels";
import { type NeighborTable, SparseNeighborIndex, type SparseRows } from "@furze/neighbors";
import { type BenchResult, lapTimer, medians } from "../harness.ts";
import { type LabelOptions, labelRows } from "../labels.ts";

/** FURZE_BENCH_SCALE=0.1 makes a tenth of the rows. */
const SCALE = Number(process.env.FURZE_BENCH_SCALE ?? 1);
const SAMPLE = 640;
const CHECKED = 64;
const LIMIT = 100;

const inputs: readonly LabelOptions[] = [
  { numRows: 100_000, labelsPerRow: 20, numLabels: 5000, tastes: 1 },
  { numRows: 1_500_000, labelsPerRow: 20, numLabels: 50_000, tastes: 1 },
  { numRows: 1_500_000, labelsPerRow: 20, numLabels: 50_000, tastes: 50 },
  { numRows: 724_000, labelsPerRow: 40, numLabels: 20_000, tastes: 1 },
];

/**
 * Top-100 neighbors of rows with labels of Zipf's law, searched for a sample of the rows: `seconds` is its time on two threads,
 * `allSeconds` and `allCpuSeconds` are what all rows would take, index included. Recall is against all lists added up.
 */
export async function* run(): AsyncIterable<BenchResult> {
  await using pool = new KernelPool({ threads: 2 });
  for (const input of inputs) {
    const numRows = Math.round(input.numRows * SCALE);
    const rows = labelRows({ ...input, numRows });
    const lap = lapTimer();
    const index = new SparseNeighborIndex(rows, { pool });
    const build = lap();
    const sample = Int32Array.from({ length: SAMPLE }, (_, place) => Math.floor((place * numRows) / SAMPLE));
    await index.search(sample.subarray(0, CHECKED), LIMIT);
    lap();
    const found = await index.search(sample, LIMIT);
    const search = lap();
    const { peakRssMiB } = medians([search]);
    index.dispose();
    const factor = numRows / SAMPLE;
    yield {
      params: { ...input, numRows, sample: SAMPLE, limit: LIMIT, threads: 2 },
      ...search,
      peakRssMiB,
      quality: {
        allSeconds: build.seconds + search.seconds * factor,
        allCpuSeconds: build.cpuSeconds + search.cpuSeconds * factor,
        numFeaturesLeftOut: found.numFeaturesLeftOut,
        recall: await recall(rows, sample.subarray(0, CHECKED), found, pool),
      },
    };
  }
}

async function recall(rows: SparseRows, queries: Int32Array, found: NeighborTable, pool: KernelPool): Promise<number> {
  using exact = new SparseNeighborIndex(rows, { method: "lists", maxAccumulationsPerRow: Number.POSITIVE_INFINITY, pool });
  const truth = await exact.search(queries, LIMIT);
  let hits = 0;
  for (let start = 0; start < truth.indices.length; start += LIMIT) {
    const have = new Set(found.indices.subarray(start, start + LIMIT));
    for (const row of truth.indices.subarray(start, start + LIMIT)) if (have.has(row)) hits++;
  }
  return hits / truth.indices.length;
}
