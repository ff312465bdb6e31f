/** How a scan reads one batch after another. */
export interface BatchReading<Row, Position> {
  /** Reads up to `batchSize` rows behind a position, or from the start. */
  readonly read: (from: Position | undefined) => Promise<Row[]>;
  readonly positionOf: (row: Row) => Position;
  readonly batchSize: number;
}

/**
 * All batches in order. The next one is under way while the caller works on the last, so that server and caller do not wait for each
 * other; a caller that stops early leaves that one read to end by itself.
 */
export async function* readAhead<Row, Position>({
  read,
  positionOf,
  batchSize,
}: BatchReading<Row, Position>): AsyncGenerator<readonly Row[], void, undefined> {
  let underWay: Promise<Row[]> | undefined = read(undefined);
  while (underWay !== undefined) {
    const batch: Row[] = await underWay;
    const last = batch.at(-1);
    underWay = last === undefined || batch.length < batchSize ? undefined : read(positionOf(last));
    // It is awaited a little later; until then its failure has a handler.
    underWay?.catch(() => {});
    if (batch.length > 0) yield batch;
  }
}
