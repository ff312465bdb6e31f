/** One step of the schema. Steps are never edited after a release; the next change is the next step. */
export interface ClickhouseMigration {
  /** 1, 2, 3, ... without gaps. */
  readonly version: number;
  readonly name: string;
  /** Each may run several times, also at the same time: see `migrateClickhouse`. */
  readonly statements: readonly string[];
}

/** Names of the tables. */
export interface ClickhouseTables {
  readonly records: string;
  readonly settings: string;
  readonly ledger: string;
}

export function clickhouseTables(prefix: string): ClickhouseTables {
  return { records: `${prefix}records`, settings: `${prefix}data_settings`, ledger: `${prefix}data_schema` };
}

/**
 * ClickHouse's only transaction is one block inserted into one table. What must be written together therefore stands in one table:
 * users, items and feedback, told apart by the first column of the sorting key.
 *
 * | kind | key | sub | feedback_type | generation |
 * | --- | --- | --- | --- | --- |
 * | user | user | | | 0 |
 * | item | item | | | 0 |
 * | category | item | category added or removed since | | `epoch` of the item |
 * | feedback | user | item | type | see `generation.ts` |
 * | feedback_by_item | item | user | type | the same |
 *
 * Rows of one sorting key are merged, by the server in the background and by `FINAL` when reading. In the columns of users and items
 * the last value that is not NULL stays, so a row that sets some of them changes only these; feedback adds up.
 * There is no column with a time type: times are whole milliseconds, which no time zone touches.
 */
export function clickhouseSchema(tables: ClickhouseTables): readonly ClickhouseMigration[] {
  return [
    {
      version: 1,
      name: "records of users, items and feedback",
      statements: [
        `CREATE TABLE IF NOT EXISTS ${tables.records} (
          kind Enum8('user' = 1, 'item' = 2, 'category' = 3, 'feedback' = 4, 'feedback_by_item' = 5),
          key String,
          sub String,
          feedback_type LowCardinality(String),
          generation UInt64,
          is_live SimpleAggregateFunction(anyLast, Nullable(UInt8)),
          value SimpleAggregateFunction(sum, Float64),
          timestamp_ms SimpleAggregateFunction(min, Int64),
          updated_ms SimpleAggregateFunction(max, Int64),
          comment SimpleAggregateFunction(anyLast, Nullable(String)),
          labels SimpleAggregateFunction(anyLast, Nullable(String)),
          is_hidden SimpleAggregateFunction(anyLast, Nullable(UInt8)),
          item_ms SimpleAggregateFunction(anyLast, Nullable(Int64)),
          categories SimpleAggregateFunction(anyLast, Nullable(String)),
          epoch SimpleAggregateFunction(anyLast, Nullable(UInt64)),
          revision SimpleAggregateFunction(anyLast, Nullable(UInt64)),
          words SimpleAggregateFunction(anyLast, Nullable(String)),
          words_of SimpleAggregateFunction(anyLast, Nullable(String)),
          INDEX generations generation TYPE minmax GRANULARITY 1
        ) ENGINE = AggregatingMergeTree ORDER BY (kind, key, sub, feedback_type, generation)
        SETTINGS index_granularity = 2048, non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1`,
        `CREATE TABLE IF NOT EXISTS ${tables.settings} (name String, value String) ENGINE = ReplacingMergeTree ORDER BY name`,
      ],
    },
  ];
}
