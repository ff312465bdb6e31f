import type { Item } from "@furze/core";
import { itemTerms, type SearchColumn } from "@furze/storage";
import { chunkList } from "./chunks.ts";
import type { ServerDataTables } from "./server-data-schema.ts";
import { itemReading } from "./server-item-rows.ts";
import { ID_CHUNK } from "./server-rows.ts";
import type { Insertion, SqlConnection, SqlDialect } from "./sql-driver.ts";

/** What search looks into, as stored; `lock` keeps it so until the end of the transaction. */
export async function readSearchColumns(
  connection: SqlConnection,
  { searchColumns }: ServerDataTables,
  lock: string,
): Promise<SearchColumn[]> {
  const { rows } = await connection.query(`SELECT columns FROM ${searchColumns} ${lock}`);
  return JSON.parse(rows[0]?.[0] as string) as SearchColumn[];
}

/**
 * Makes the search index say what these items say; their rows are locked by the caller's change. While search is off that is one look at
 * a table of one row.
 */
export async function indexItems(
  connection: SqlConnection,
  dialect: SqlDialect,
  tables: ServerDataTables,
  items: readonly Item[],
): Promise<void> {
  const columns = await readSearchColumns(connection, tables, dialect.lockRows);
  if (columns.length === 0) return;
  await insertTerms(
    connection,
    dialect,
    { ...termsInsertion(tables), update: ({ given }) => ({ terms: given("terms") }) },
    {
      items,
      columns,
    },
  );
}

/** The same for an item as it is stored now. */
export async function indexStoredItem(
  connection: SqlConnection,
  dialect: SqlDialect,
  tables: ServerDataTables,
  itemId: string,
): Promise<void> {
  const columns = await readSearchColumns(connection, tables, dialect.lockRows);
  if (columns.length === 0) return;
  const { select, toRow } = itemReading(tables);
  const { rows } = await connection.query(`${select} WHERE item_id = ?`, [itemId]);
  await indexItems(connection, dialect, tables, rows.map(toRow));
}

/** Indexes items that are not in the index. What others have put there in the meantime is newer, so it stays. */
export async function addMissingTerms(
  connection: SqlConnection,
  dialect: SqlDialect,
  tables: ServerDataTables,
  itemIds: readonly string[],
): Promise<void> {
  const columns = await readSearchColumns(connection, tables, dialect.lockRows);
  if (columns.length === 0) return;
  const { select, toRow } = itemReading(tables);
  for (const chunk of chunkList(itemIds, ID_CHUNK)) {
    const sql = `${select} WHERE ${dialect.in("item_id")} ORDER BY item_id ${dialect.lockRows}`;
    const items = (await connection.query(sql, [chunk])).rows.map(toRow);
    await insertTerms(connection, dialect, termsInsertion(tables), { items, columns });
  }
}

function termsInsertion({ itemTerms: table }: ServerDataTables): Insertion {
  return {
    table,
    columns: [
      ["item_id", "text"],
      ["terms", "terms"],
    ],
    key: ["item_id"],
  };
}

async function insertTerms(
  connection: SqlConnection,
  dialect: SqlDialect,
  insertion: Insertion,
  { items, columns }: { readonly items: readonly Item[]; readonly columns: readonly SearchColumn[] },
): Promise<void> {
  const rows = items.map((item) => [item.itemId, dialect.termsValue(itemTerms(item, columns))]);
  if (rows.length > 0) await dialect.insert(connection, insertion, rows);
}
