import { KernelPool } from "@furze/kernels";
import { findNeighbors, itemRows, userRows } from "@furze/neighbors";
import { movieLens1M } from "../data.ts";
import { type BenchResult, repeat } from "../harness.ts";

/** Exact top-100 neighbors of every item by the users who have it, and of every user by his items. */
export async function* run(): AsyncIterable<BenchResult> {
  const { name, full } = movieLens1M();
  for (const [how, rows] of [
    ["items by users", itemRows(full)],
    ["users by items", userRows(full)],
  ] as const) {
    for (const threads of [1, 2]) {
      await using pool = new KernelPool({ threads });
      let leftOut = 0;
      const times = await repeat(5, async () => {
        leftOut = (await findNeighbors(rows, { limit: 100, pool })).numFeaturesLeftOut;
      });
      yield { params: { data: name, how, limit: 100, threads }, ...times, quality: { numFeaturesLeftOut: leftOut } };
    }
  }
}
