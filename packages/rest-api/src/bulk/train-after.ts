import type { CatalogSummary } from "../catalog-summary.ts";
import type { MasterContext } from "../options.ts";

type Store<Row> = (rows: readonly Row[]) => Promise<number>;

/** Notes when a write has stored something. */
export type Noting = <Row>(store: Store<Row>) => Store<Row>;

/** Runs something that stores rows by the thousand, then starts training if any were stored; also those before a fault are news. */
export async function trainAfter<T>(
  { trainer }: MasterContext,
  catalog: CatalogSummary,
  run: (noting: Noting) => Promise<T>,
): Promise<T> {
  let hasStored = false;
  const noting: Noting = (store) => async (rows) => {
    const accepted = await store(rows);
    hasStored = true;
    return accepted;
  };
  try {
    return await run(noting);
  } finally {
    if (hasStored) {
      catalog.forget();
      await trainer.trigger();
    }
  }
}
