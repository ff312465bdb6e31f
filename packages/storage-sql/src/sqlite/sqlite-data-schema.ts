import type { SqliteSchema } from "./sqlite-migrator.ts";

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
  /** Every type that feedback may have, also such as have none left. */
  readonly feedbackTypes: string;
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
    feedbackTypes: `"${prefix}feedback_types"`,
  };
}

/** Schema of the data store. Text compares by its UTF-8 bytes (SQLite's BINARY collation), which is the order of the ports. */
export function dataSchema(prefix: string): SqliteSchema {
  const tables = dataTables(prefix);
  return {
    ledgerTable: `${prefix}data_schema`,
    migrations: [
      {
        version: 1,
        name: "users, items, feedback",
        statements: [
          ...userAndItemTables(tables, prefix),
          ...categoryTriggers(tables, prefix),
          ...feedbackByUser(tables, prefix),
        ],
      },
      { version: 2, name: "item search", statements: searchTables(tables, prefix) },
      { version: 3, name: "feedback by type", statements: feedbackByType(tables, prefix) },
    ],
  };
}

/** Rows with labels can be large, so these two keep a rowid: a WITHOUT ROWID tree of large rows is deep. */
function userAndItemTables({ users, items, itemCategories }: DataTables, prefix: string): string[] {
  return [
    `CREATE TABLE ${users} (user_id TEXT NOT NULL PRIMARY KEY, labels TEXT, comment TEXT NOT NULL)`,
    `CREATE TABLE ${items} (item_id TEXT NOT NULL PRIMARY KEY, is_hidden INTEGER NOT NULL, categories TEXT NOT NULL,
      timestamp_ms INTEGER NOT NULL, labels TEXT, comment TEXT NOT NULL)`,
    `CREATE INDEX "${prefix}items_latest" ON ${items} (timestamp_ms DESC, item_id DESC) WHERE is_hidden = 0`,
    `CREATE TABLE ${itemCategories} (category TEXT NOT NULL, timestamp_ms INTEGER NOT NULL, item_id TEXT NOT NULL,
      PRIMARY KEY (category, timestamp_ms, item_id)) WITHOUT ROWID`,
  ];
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

/** As the first release had it; step 3 replaces it. */
function feedbackByUser({ feedback, feedbackByItem }: DataTables, prefix: string): string[] {
  return [
    `CREATE TABLE ${feedback} (user_id TEXT NOT NULL, item_id TEXT NOT NULL, feedback_type TEXT NOT NULL, value REAL NOT NULL,
      timestamp_ms INTEGER NOT NULL, updated_ms INTEGER NOT NULL, comment TEXT NOT NULL,
      PRIMARY KEY (user_id, item_id, feedback_type)) WITHOUT ROWID`,
    `CREATE INDEX ${feedbackByItem} ON ${feedback} (item_id, user_id, feedback_type)`,
    `CREATE INDEX "${prefix}feedback_by_type" ON ${feedback} (feedback_type, user_id, item_id)`,
  ];
}

/**
 * The table itself is in the order in which feedback is listed, which spares each row a third tree. Rows of a user are one short stretch
 * of it a type. The rows are copied in their new order (and sorted aside, on disk): in any other, each would go to another page.
 */
function feedbackByType({ feedback, feedbackByItem, feedbackTypes }: DataTables, prefix: string): string[] {
  const old = `"${prefix}feedback_by_user"`;
  const columns = "feedback_type, user_id, item_id, value, timestamp_ms, updated_ms, comment";
  return [
    `CREATE TABLE ${feedbackTypes} (feedback_type TEXT NOT NULL PRIMARY KEY) WITHOUT ROWID`,
    `INSERT INTO ${feedbackTypes} (feedback_type) SELECT DISTINCT feedback_type FROM ${feedback}`,
    `ALTER TABLE ${feedback} RENAME TO ${old}`,
    `CREATE TABLE ${feedback} (feedback_type TEXT NOT NULL, user_id TEXT NOT NULL, item_id TEXT NOT NULL, value REAL NOT NULL,
      timestamp_ms INTEGER NOT NULL, updated_ms INTEGER NOT NULL, comment TEXT NOT NULL,
      PRIMARY KEY (feedback_type, user_id, item_id)) WITHOUT ROWID`,
    `INSERT INTO ${feedback} (${columns}) SELECT ${columns} FROM ${old} NOT INDEXED ORDER BY feedback_type, user_id, item_id`,
    `DROP TABLE ${old}`,
    `CREATE INDEX ${feedbackByItem} ON ${feedback} (item_id, user_id, feedback_type)`,
  ];
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
