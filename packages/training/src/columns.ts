import type { Item, Logger, User } from "@furze/core";
import { compileExpression, ExpressionError, itemEnvironment, userEnvironment } from "@furze/expression";
import type { NeighborOptions, PipelineOptions } from "@furze/recommend";

type Selectors<Row> = Readonly<Record<string, (row: Row) => unknown>>;

export interface NeighborColumns {
  readonly itemColumns: Selectors<Item>;
  readonly userColumns: Selectors<User>;
  /** Columns that hold embeddings. */
  readonly itemVectors: Selectors<Item>;
  readonly userVectors: Selectors<User>;
}

/**
 * Compiled column expressions of the neighbor recommenders, by their text: `loadDataset` tabulates what they select.
 * Rows that an expression cannot be evaluated for have nothing there, which a warning says once.
 *
 * @throws {ExpressionError} if one does not compile
 */
export function neighborColumns(
  pipeline: Pick<PipelineOptions, "itemToItem" | "userToUser">,
  nowMs: number,
  logger?: Logger,
): NeighborColumns {
  const ofItem = (column: string): ((item: Item) => unknown) => {
    const compiled = compileExpression(column, { environment: itemEnvironment, resultType: "any" });
    return readable(column, (item) => compiled.evaluate({ item, now: nowMs }), logger);
  };
  const ofUser = (column: string): ((user: User) => unknown) => {
    const compiled = compileExpression(column, { environment: userEnvironment, resultType: "any" });
    return readable(column, (user) => compiled.evaluate({ user, now: nowMs }), logger);
  };
  const [itemVectors, itemColumns] = selectors(pipeline.itemToItem, ofItem);
  const [userVectors, userColumns] = selectors(pipeline.userToUser, ofUser);
  return { itemColumns, userColumns, itemVectors, userVectors };
}

/** A row whose labels do not have the form that the column expects has nothing there; the first one of each column is reported. */
function readable<Row>(column: string, select: (row: Row) => unknown, logger: Logger | undefined): (row: Row) => unknown {
  let isReported = false;
  return (row) => {
    try {
      return select(row);
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      if (!isReported) logger?.warn("a column cannot be read of every row", { column, error: error.message });
      isReported = true;
      return null;
    }
  };
}

/** Selectors of vectors, and of labels. */
function selectors<Row>(
  recommenders: readonly NeighborOptions<string>[],
  compile: (column: string) => (row: Row) => unknown,
): readonly [Selectors<Row>, Selectors<Row>] {
  const ofType = (isVector: boolean): Selectors<Row> =>
    Object.fromEntries(
      recommenders
        .filter(({ type, column }) => column !== "" && (type === "embedding") === isVector)
        .map(({ column }) => [column, compile(column)]),
    );
  return [ofType(true), ofType(false)];
}
