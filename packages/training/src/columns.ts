import type { Item, User } from "@furze/core";
import { compileExpression, itemEnvironment, userEnvironment } from "@furze/expression";
import type { PipelineOptions } from "@furze/recommend";

export interface NeighborColumns {
  readonly itemColumns: Readonly<Record<string, (item: Item) => unknown>>;
  readonly userColumns: Readonly<Record<string, (user: User) => unknown>>;
}

/**
 * Compiled column expressions of the neighbor recommenders, by their text: `loadDataset` tabulates what they select.
 *
 * @throws {ExpressionError} if one does not compile
 */
export function neighborColumns(pipeline: Pick<PipelineOptions, "itemToItem" | "userToUser">, nowMs: number): NeighborColumns {
  const itemColumns: Record<string, (item: Item) => unknown> = {};
  for (const { column } of pipeline.itemToItem) {
    if (column === "") continue;
    const compiled = compileExpression(column, { environment: itemEnvironment, resultType: "any" });
    itemColumns[column] = (item) => compiled.evaluate({ item, now: nowMs });
  }
  const userColumns: Record<string, (user: User) => unknown> = {};
  for (const { column } of pipeline.userToUser) {
    if (column === "") continue;
    const compiled = compileExpression(column, { environment: userEnvironment, resultType: "any" });
    userColumns[column] = (user) => compiled.evaluate({ user, now: nowMs });
  }
  return { itemColumns, userColumns };
}
