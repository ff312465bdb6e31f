import type { BenchResult } from "./harness.ts";

interface Target {
  readonly bench: string;
  /** Parameters that the row must have. */
  readonly params: Readonly<Record<string, number | string>>;
  /** What is to be reached, in words for the table. */
  readonly target: string;
}

/**
 * What the rows must reach on a machine with two idle cores. Shares of a bare route, and rows for each of its requests, are against its 57,600
 * requests/s on the machine that the targets were set on: two cores of today may give half of it.
 */
const TARGETS: readonly Target[] = [
  { bench: "bpr-epoch", params: { numFactors: 16, threads: 1 }, target: "0.08 s" },
  { bench: "bpr-epoch", params: { numFactors: 16, threads: 2 }, target: "0.045 s" },
  { bench: "als-epoch", params: { numFactors: 16, threads: 1 }, target: "0.045 s" },
  { bench: "als-epoch", params: { numFactors: 16, threads: 2 }, target: "0.024 s" },
  { bench: "als-epoch", params: { numFactors: 64, threads: 2 }, target: "0.055 s" },
  { bench: "als-epoch", params: { numFactors: 128, threads: 2 }, target: "0.11 s" },
  { bench: "top-k", params: { numFactors: 16, threads: 2 }, target: "0.15 s" },
  { bench: "item-neighbors", params: { how: "items by users", threads: 2 }, target: "0.5 s" },
  { bench: "mf-quality", params: { model: "als", numFactors: 128 }, target: "NDCG 0.419, recall 0.283, 1.8 s" },
  { bench: "mf-quality", params: { model: "als", numFactors: 256 }, target: "NDCG 0.422, recall 0.286, 4 s" },
  { bench: "mf-quality", params: { model: "bpr" }, target: "NDCG 0.34, recall 0.24, 20 s" },
  { bench: "fm-epoch", params: { threads: 1 }, target: "0.03 s, AUC 0.938" },
  { bench: "fm-score", params: { numFactors: 16, stage: "rank" }, target: "0.2 s (1 ms a user)" },
  { bench: "automl", params: {}, target: "NDCG 0.42, recall 0.285 in 600 s" },
  { bench: "mix", params: { mix: "found" }, target: "NDCG 0.43, recall 0.292, tuned on train.txt only" },
  { bench: "load", params: { data: "10m", task: "Load Dataset" }, target: "90 s, 2 GiB" },
  { bench: "load", params: { data: "labels", task: "Load Dataset" }, target: "8 s, 400 MiB" },
  { bench: "load", params: { data: "labels", task: "Generate user-to-user recommendation" }, target: "40 s, 400 MiB" },
  { bench: "load", params: { data: "labels", task: "Generate item-to-item recommendation" }, target: "4 s" },
  { bench: "load", params: { data: "movielens-1m-like", task: "Load Dataset" }, target: "3 s" },
  { bench: "load", params: { data: "movielens-1m-like", task: "Collect Garbage in Cache" }, target: "300 MiB for all tasks" },
  { bench: "cycle", params: { stage: "train" }, target: "12 s with the lists" },
  { bench: "cycle", params: { stage: "recommend" }, target: "1 s" },
  { bench: "lists", params: { data: "movielens-100k", stores: "sqlite" }, target: "0.94 s" },
  { bench: "lists", params: { data: "movielens-100k", stores: "postgres and redis" }, target: "0.47 s (2,000 users/s)" },
  {
    bench: "lists",
    params: { data: "movielens-1m", stores: "postgres and redis" },
    target: "6 s (1,000 users/s), 2 ms CPU a user",
  },
  {
    bench: "stores",
    params: { store: "sqlite", work: "upsert 100000 feedback" },
    target: "1 s (100,000 rows/s, 1.74 a bare request)",
  },
  {
    bench: "stores",
    params: { store: "postgres", work: "upsert 100000 feedback" },
    target: "1.67 s (60,000 rows/s, 1.04 a bare request)",
  },
  {
    bench: "stores",
    params: { store: "mariadb", work: "upsert 100000 feedback" },
    target: "1.25 s (80,000 rows/s, 1.39 a bare request)",
  },
  {
    bench: "stores",
    params: { store: "clickhouse", work: "upsert 100000 feedback" },
    target: "1 s (100,000 rows/s, 1.74 a bare request)",
  },
  {
    bench: "stores",
    params: { store: "mongo", work: "upsert 100000 feedback" },
    target: "5 s (20,000 rows/s, 0.35 a bare request)",
  },
  { bench: "stores", params: { store: "sqlite", work: "scan 1000000 feedback" }, target: "2 s (500,000 rows/s)" },
  { bench: "stores", params: { store: "redis", work: "put 1000 lists of 100" }, target: "0.1 s, 4 GiB for 1.5 M lists" },
  { bench: "stores", params: { store: "redis", work: "get 1000 lists, one by one" }, target: "0.3 s (0.3 ms a list)" },
  { bench: "rest", params: { layout: "sqlite", work: "insert 100,000 feedback" }, target: "2 s" },
  { bench: "rest", params: { layout: "sqlite", work: "train and make all lists" }, target: "12 s" },
  { bench: "rest", params: { layout: "sqlite, three processes", work: "train and make all lists" }, target: "12 s, 400 MB" },
  {
    bench: "rest",
    params: { layout: "sqlite, three processes", work: "POST 1 feedback" },
    target: "8,000/s, p99 15 ms, 400 MB",
  },
  { bench: "rest", params: { layout: "sqlite", work: "GET recommend" }, target: "15,000/s, p99 6 ms (0.26 of a bare route)" },
  { bench: "rest", params: { layout: "sqlite", work: "GET popular" }, target: "25,000/s, p99 5 ms (0.43 of a bare route)" },
  { bench: "rest", params: { layout: "sqlite", work: "GET latest" }, target: "25,000/s, p99 5 ms (0.43 of a bare route)" },
  { bench: "rest", params: { layout: "sqlite", work: "GET item" }, target: "20,000/s, p99 5 ms (0.35 of a bare route)" },
  { bench: "rest", params: { layout: "sqlite", work: "POST 1 feedback" }, target: "8,000/s, p99 15 ms (0.14 of a bare route)" },
  { bench: "rest", params: { layout: "postgres and redis", work: "insert 100,000 feedback" }, target: "60,000 rows/s" },
  {
    bench: "rest",
    params: { layout: "postgres and redis", work: "train and make all lists" },
    target: "12 s, Redis 12,000 keys in 15 MiB",
  },
  {
    bench: "rest",
    params: { layout: "postgres and redis", work: "GET recommend" },
    target: "10,000/s, p99 8 ms (0.17 of a bare route)",
  },
  { bench: "rest", params: { layout: "postgres and redis", work: "GET popular" }, target: "20,000/s (0.35 of a bare route)" },
  { bench: "rest", params: { layout: "postgres and redis", work: "GET latest" }, target: "20,000/s (0.35 of a bare route)" },
  { bench: "rest", params: { layout: "postgres and redis", work: "GET item" }, target: "12,000/s (0.21 of a bare route)" },
  {
    bench: "rest",
    params: { layout: "postgres and redis", work: "GET item neighbors" },
    target: "20,000/s (0.35 of a bare route)",
  },
  {
    bench: "rest",
    params: { layout: "postgres and redis", work: "POST 1 feedback" },
    target: "6,000/s (0.10 of a bare route)",
  },
  {
    bench: "rest",
    params: { layout: "postgres and redis", work: "POST 100 feedback" },
    target: "800/s (0.01 of a bare route)",
  },
];

/** The target of a row; `undefined` when it has none or is a rival's. */
export function targetOf(row: { readonly bench: string } & Pick<BenchResult, "params">): string | undefined {
  if ("rival" in row.params) return undefined;
  const found = TARGETS.find(
    ({ bench, params }) => bench === row.bench && Object.entries(params).every(([name, value]) => row.params[name] === value),
  );
  return found?.target;
}
