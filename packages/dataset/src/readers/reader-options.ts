import type { CallOptions } from "@furze/core";
import type { InvalidRowError } from "./invalid-row-error.ts";

export interface ReaderOptions extends CallOptions {
  /** Records per batch. Default 1000. */
  readonly batchSize?: number | undefined;
  /** Pass over rows that cannot become a record instead of failing at the first. Default false. */
  readonly skipBadRows?: boolean | undefined;
  /** Called for each row passed over, to count or report it. */
  readonly onBadRow?: ((error: InvalidRowError) => void) | undefined;
}

export interface FileReaderOptions extends ReaderOptions {
  /** Default: `"json-lines"` for a file that ends in `.jsonl`, `.ndjson` or `.json`, else `"csv"`. */
  readonly format?: "csv" | "json-lines" | undefined;
  /** Separator of a CSV file. Default: tab for a file that ends in `.tsv`, else comma. */
  readonly delimiter?: string | undefined;
  /**
   * Which column (CSV header or JSON key) holds a field, by the field's name, such as `{ itemId: "movie" }`.
   * Default: the column of the same name, case and underscores aside: `itemId`, `item_id`, `ItemId`.
   */
  readonly columns?: Readonly<Record<string, string>> | undefined;
  /** Separates the elements of a list in one CSV cell (categories, labels). Default `"|"`. */
  readonly listSeparator?: string | undefined;
  /** Unit of times given as numbers; other times are ISO 8601 text. Default `"s"`. */
  readonly timeUnit?: "s" | "ms" | undefined;
  /** Feedback type of rows without a column for it. Default: such rows are invalid. */
  readonly feedbackType?: string | undefined;
}

/** Batches that can be read any number of times; each reading opens the file anew. */
export type ReadableBatches<Row> = AsyncIterable<readonly Row[]>;
