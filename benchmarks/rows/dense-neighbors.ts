import { SeededRandom } from "@furze/dataset";
import { KernelPool } from "@furze/kernels";
import { type DenseIndex, DenseNeighborIndex, type DenseRows, HnswIndex } from "@furze/neighbors";
import { type BenchResult, lapTimer, medians } from "../harness.ts";

const NUM_ROWS = 50_000;
const DIMENSION = 32;
const NUM_QUERIES = 2000;
const LIMIT = 100;

/** Top-100 by cosine among 50,000 generated vectors on two threads: brute force, and HNSW by its options. */
export async function* run(): AsyncIterable<BenchResult> {
  await using pool = new KernelPool({ threads: 2 });
  const rows = generate();
  const queries = Int32Array.from({ length: NUM_QUERIES }, (_, i) => i * (NUM_ROWS / NUM_QUERIES));
  using exact = new DenseNeighborIndex(rows, { pool });
  const common = { rows: NUM_ROWS, dimension: DIMENSION, queries: NUM_QUERIES, limit: LIMIT, threads: 2 };
  const { indices: truth } = await exact.search(queries, LIMIT);
  yield {
    params: { ...common, how: "exact" },
    ...(await timed(exact, queries)).times,
    quality: { recallAt10: 1, recallAt100: 1 },
  };
  for (const [m, efConstruction] of [
    [8, 100],
    [16, 100],
    [16, 200],
    [32, 100],
  ] as const) {
    const lap = lapTimer();
    using index = await HnswIndex.build(rows, { m, efConstruction, pool });
    const buildCpuSeconds = lap().cpuSeconds;
    for (const ef of [100, 200, 400]) {
      index.ef = ef;
      const { times, found } = await timed(index, queries);
      const quality = { recallAt10: recall(found, truth, 10), recallAt100: recall(found, truth, LIMIT), buildCpuSeconds };
      yield { params: { ...common, how: "hnsw", m, efConstruction, ef }, ...times, quality };
    }
  }
}

async function timed(
  index: DenseIndex,
  queries: Int32Array,
): Promise<{ times: ReturnType<typeof medians>; found: Int32Array }> {
  const lap = lapTimer();
  const { indices } = await index.search(queries, LIMIT);
  return { times: medians([lap()]), found: indices };
}

function recall(found: Int32Array, truth: Int32Array, k: number): number {
  let hits = 0;
  for (let start = 0; start < truth.length; start += LIMIT) {
    const have = new Set(found.subarray(start, start + k));
    for (const row of truth.subarray(start, start + k)) if (have.has(row)) hits++;
  }
  return (hits * LIMIT) / (truth.length * k);
}

/** Normal noise around 200 normal centers. */
function generate(): DenseRows {
  const random = new SeededRandom(3);
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
  const centers = Float32Array.from({ length: 200 * DIMENSION }, normal);
  const values = new Float32Array(NUM_ROWS * DIMENSION);
  for (let row = 0; row < NUM_ROWS; row++) {
    const center = random.nextInt(200) * DIMENSION;
    for (let i = 0; i < DIMENSION; i++) values[row * DIMENSION + i] = centers[center + i]! + normal();
  }
  return { values, dimension: DIMENSION };
}
