import { randomUUID } from "node:crypto";
import type { ServerSchema } from "./server-migrator.ts";
import type { ColumnTypes } from "./sql-driver.ts";

/** Quoted names of the data tables and of their indexes. */
export interface ServerDataTables {
  readonly users: string;
  readonly items: string;
  readonly itemCategories: string;
  /** One row: what search looks into. */
  readonly searchColumns: string;
  readonly itemTerms: string;
  readonly feedback: string;
  /** Batches of sums, while it may be asked whether they are stored. */
  readonly feedbackBatches: string;
  /** One row: what changes with each deletion of users or items. */
  readonly deletions: string;
  readonly feedbackByItem: string;
  readonly feedbackByType: string;
}

export function serverDataTables(prefix: string): ServerDataTables {
  return {
    users: `"${prefix}users"`,
    items: `"${prefix}items"`,
    itemCategories: `"${prefix}item_categories"`,
    searchColumns: `"${prefix}search_columns"`,
    itemTerms: `"${prefix}item_terms"`,
    feedback: `"${prefix}feedback"`,
    feedbackBatches: `"${prefix}feedback_batches"`,
    deletions: `"${prefix}deletions"`,
    feedbackByItem: `"${prefix}feedback_by_item"`,
    feedbackByType: `"${prefix}feedback_by_type"`,
  };
}

/** Schema of the data store. `item_categories` lists the visible items of a category by time: "latest of a category" is a short range. */
export function serverDataSchema(prefix: string): ServerSchema {
  return {
    ledgerTable: `${prefix}data_schema`,
    migrations: [
      { version: 1, name: "users, items, feedback", statements: (types) => dataTables(prefix, types) },
      { version: 2, name: "item search", statements: (types) => searchTables(prefix, types) },
      { version: 3, name: "batches of sums", statements: (types) => batchTable(prefix, types) },
      { version: 4, name: "version of deletions", statements: (types) => deletionsTable(prefix, types) },
    ],
  };
}

function dataTables(prefix: string, { id, text, integer, double, table }: ColumnTypes): string[] {
  const users = {
    name: `${prefix}users`,
    columns: [`user_id ${id} NOT NULL`, `labels ${text}`, `comment ${text} NOT NULL`, "PRIMARY KEY (user_id)"],
  };
  const items = {
    name: `${prefix}items`,
    columns: [
      ...[`item_id ${id} NOT NULL`, `is_hidden ${integer} NOT NULL`, `categories ${text} NOT NULL`],
      ...[`timestamp_ms ${integer} NOT NULL`, `labels ${text}`, `comment ${text} NOT NULL`, "PRIMARY KEY (item_id)"],
    ],
    indexes: [["latest", "is_hidden, timestamp_ms, item_id"]],
  } as const;
  const itemCategories = {
    name: `${prefix}item_categories`,
    columns: [
      ...[`category ${id} NOT NULL`, `timestamp_ms ${integer} NOT NULL`, `item_id ${id} NOT NULL`],
      "PRIMARY KEY (category, timestamp_ms, item_id)",
    ],
    indexes: [["by_item", "item_id"]],
  } as const;
  const feedback = {
    name: `${prefix}feedback`,
    columns: [
      ...[`user_id ${id} NOT NULL`, `item_id ${id} NOT NULL`, `feedback_type ${id} NOT NULL`, `value ${double} NOT NULL`],
      ...[`timestamp_ms ${integer} NOT NULL`, `updated_ms ${integer} NOT NULL`, `comment ${text} NOT NULL`],
      "PRIMARY KEY (user_id, item_id, feedback_type)",
    ],
    indexes: [
      ["by_item", "item_id, user_id, feedback_type"],
      ["by_type", "feedback_type, user_id, item_id"],
    ],
  } as const;
  return [users, items, itemCategories, feedback].flatMap((definition) => table(definition));
}

function searchTables(prefix: string, { id, text, integer, terms, table }: ColumnTypes): string[] {
  const { searchColumns } = serverDataTables(prefix);
  const columns = {
    name: `${prefix}search_columns`,
    columns: [`id ${integer} NOT NULL`, `columns ${text} NOT NULL`, "PRIMARY KEY (id)"],
  };
  const itemTerms = {
    name: `${prefix}item_terms`,
    columns: [`item_id ${id} NOT NULL`, `terms ${terms} NOT NULL`, "PRIMARY KEY (item_id)"],
    fullText: "terms",
  };
  const off = `INSERT INTO ${searchColumns} (id, columns)
    SELECT 1, '[]' FROM (SELECT count(*) AS number FROM ${searchColumns}) AS found WHERE found.number = 0`;
  return [...table(columns), ...table(itemTerms), off];
}

function batchTable(prefix: string, { name, table }: ColumnTypes): readonly string[] {
  return table({ name: `${prefix}feedback_batches`, columns: [`batch_id ${name} NOT NULL`, "PRIMARY KEY (batch_id)"] });
}

/** Every database begins with a version of its own, so that one in the place of another is not taken for it. */
function deletionsTable(prefix: string, { name, integer, table }: ColumnTypes): readonly string[] {
  const { deletions } = serverDataTables(prefix);
  const columns = [`id ${integer} NOT NULL`, `version ${name} NOT NULL`, "PRIMARY KEY (id)"];
  const first = `INSERT INTO ${deletions} (id, version)
    SELECT 1, '${randomUUID()}' FROM (SELECT count(*) AS number FROM ${deletions}) AS found WHERE found.number = 0`;
  return [...table({ name: `${prefix}deletions`, columns }), first];
}
