import { sql } from "kysely";
import type { SqliteSchema } from "./sqlite-migrator.ts";
import { schemaBuilder } from "./sqlite-schema-builder.ts";

/** Quoted names of the data tables. */
export interface DataTables {
  readonly users: string;
  readonly items: string;
  readonly itemCategories: string;
  /** One row: what search looks into. */
  readonly searchColumns: string;
  /** Items in the search index, with their row numbers in it. */
  readonly searchedItems: string;
  readonly itemTerms: string;
  readonly feedback: string;
  readonly feedbackByItem: string;
  readonly feedbackByType: string;
}

export function dataTables(prefix: string): DataTables {
  return {
    users: `"${prefix}users"`,
    items: `"${prefix}items"`,
    itemCategories: `"${prefix}item_categories"`,
    searchColumns: `"${prefix}search_columns"`,
    searchedItems: `"${prefix}searched_items"`,
    itemTerms: `"${prefix}item_terms"`,
    feedback: `"${prefix}feedback"`,
    feedbackByItem: `"${prefix}feedback_by_item"`,
    feedbackByType: `"${prefix}feedback_by_type"`,
  };
}

/** Schema of the data store. Text compares by its UTF-8 bytes (SQLite's BINARY collation), which is the order of the ports. */
export function dataSchema(prefix: string): SqliteSchema {
  return {
    ledgerTable: `${prefix}data_schema`,
    migrations: [
      {
        version: 1,
        name: "users, items, feedback",
        statements: [...userAndItemTables(prefix), ...categoryTriggers(dataTables(prefix), prefix), ...feedbackTables(prefix)],
      },
      { version: 2, name: "item search", statements: searchTables(dataTables(prefix), prefix) },
    ],
  };
}

/** Rows with labels can be large, so these two keep a rowid: a WITHOUT ROWID tree of large rows is deep. */
function userAndItemTables(prefix: string): string[] {
  const users = schemaBuilder
    .createTable(`${prefix}users`)
    .addColumn("user_id", "text", (column) => column.primaryKey().notNull())
    .addColumn("labels", "text")
    .addColumn("comment", "text", (column) => column.notNull());
  const items = schemaBuilder
    .createTable(`${prefix}items`)
    .addColumn("item_id", "text", (column) => column.primaryKey().notNull())
    .addColumn("is_hidden", "integer", (column) => column.notNull())
    .addColumn("categories", "text", (column) => column.notNull())
    .addColumn("timestamp_ms", "integer", (column) => column.notNull())
    .addColumn("labels", "text")
    .addColumn("comment", "text", (column) => column.notNull());
  const latest = schemaBuilder
    .createIndex(`${prefix}items_latest`)
    .on(`${prefix}items`)
    .columns(["timestamp_ms desc", "item_id desc"])
    .where(sql.ref("is_hidden"), "=", sql.lit(0));
  const itemCategories = schemaBuilder
    .createTable(`${prefix}item_categories`)
    .addColumn("category", "text", (column) => column.notNull())
    .addColumn("timestamp_ms", "integer", (column) => column.notNull())
    .addColumn("item_id", "text", (column) => column.notNull())
    .addPrimaryKeyConstraint(`${prefix}item_categories_key`, ["category", "timestamp_ms", "item_id"])
    .modifyEnd(sql`without rowid`);
  return [users, items, latest, itemCategories].map((statement) => statement.compile().sql);
}

/**
 * `item_categories` lists the items of a category by time; it is what makes "latest of a category" a short range scan.
 * Triggers keep it, so that no way of writing an item can forget it. Hidden items are not in it.
 */
function categoryTriggers(tables: DataTables, prefix: string): string[] {
  const { items, itemCategories } = tables;
  const add = `INSERT OR IGNORE INTO ${itemCategories} (category, timestamp_ms, item_id)
      SELECT value, new.timestamp_ms, new.item_id FROM json_each(new.categories) WHERE new.is_hidden = 0;`;
  const remove = `DELETE FROM ${itemCategories} WHERE timestamp_ms = old.timestamp_ms AND item_id = old.item_id
      AND category IN (SELECT value FROM json_each(old.categories));`;
  return [
    `CREATE TRIGGER "${prefix}items_inserted" AFTER INSERT ON ${items} WHEN new.categories <> '[]' BEGIN ${add} END`,
    `CREATE TRIGGER "${prefix}items_deleted" AFTER DELETE ON ${items} WHEN old.categories <> '[]' BEGIN ${remove} END`,
    `CREATE TRIGGER "${prefix}items_updated" AFTER UPDATE ON ${items}
      WHEN (old.categories, old.timestamp_ms, old.is_hidden) <> (new.categories, new.timestamp_ms, new.is_hidden)
      BEGIN ${remove} ${add} END`,
  ];
}

function feedbackTables(prefix: string): string[] {
  const table = `${prefix}feedback`;
  const feedback = schemaBuilder
    .createTable(table)
    .addColumn("user_id", "text", (column) => column.notNull())
    .addColumn("item_id", "text", (column) => column.notNull())
    .addColumn("feedback_type", "text", (column) => column.notNull())
    .addColumn("value", "real", (column) => column.notNull())
    .addColumn("timestamp_ms", "integer", (column) => column.notNull())
    .addColumn("updated_ms", "integer", (column) => column.notNull())
    .addColumn("comment", "text", (column) => column.notNull())
    .addPrimaryKeyConstraint(`${table}_key`, ["user_id", "item_id", "feedback_type"])
    .modifyEnd(sql`without rowid`);
  const byItem = schemaBuilder.createIndex(`${table}_by_item`).on(table).columns(["item_id", "user_id", "feedback_type"]);
  const byType = schemaBuilder.createIndex(`${table}_by_type`).on(table).columns(["feedback_type", "user_id", "item_id"]);
  return [feedback, byItem, byType].map((statement) => statement.compile().sql);
}

/**
 * The index holds terms only (it is "contentless"), under numbers of its own: those that SQLite gives to rows of `items` change with
 * VACUUM. Its tokenizer breaks text at spaces and signs of ASCII alone, as the terms are cut already.
 */
function searchTables({ items, searchColumns, searchedItems, itemTerms }: DataTables, prefix: string): string[] {
  return [
    `CREATE TABLE ${searchColumns} (id INTEGER PRIMARY KEY CHECK (id = 1), columns TEXT NOT NULL)`,
    `INSERT INTO ${searchColumns} (id, columns) VALUES (1, '[]')`,
    `CREATE TABLE ${searchedItems} (search_id INTEGER PRIMARY KEY, item_id TEXT NOT NULL UNIQUE)`,
    `CREATE VIRTUAL TABLE ${itemTerms} USING fts5(terms, content='', contentless_delete=1, tokenize='ascii')`,
    `CREATE TRIGGER "${prefix}items_unsearched" AFTER DELETE ON ${items} BEGIN
      DELETE FROM ${itemTerms} WHERE rowid = (SELECT search_id FROM ${searchedItems} WHERE item_id = old.item_id);
      DELETE FROM ${searchedItems} WHERE item_id = old.item_id; END`,
  ];
}
