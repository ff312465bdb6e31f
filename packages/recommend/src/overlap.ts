/**
 * Does the work for one batch after another, two under way at once: while one waits for a store or for the threads of the kernels, the
 * other has the event loop. The first batch is done by itself, as it reads most of what all of them share.
 *
 * @throws what the first work that fails throws, when nothing is under way any more; no further batch is begun
 */
export async function overlap<Batch>(batches: AsyncIterable<Batch>, work: (batch: Batch) => Promise<void>): Promise<void> {
  let underWay: Promise<void> | undefined;
  try {
    for await (const batch of batches) {
      const next = work(batch);
      // It is awaited a batch later; until then its failure has a handler.
      next.catch(() => {});
      const before = underWay ?? next;
      underWay = next;
      await before;
    }
    await underWay;
  } finally {
    await Promise.allSettled([underWay]);
  }
}
